#!/usr/bin/python3
"""The first mail of a Maildir, as its reader sees it: show_mail.py FOLDER"""
import email
import email.policy
import os
import sys


def main():
    folder = os.path.join(sys.argv[1], "new")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    if not names:
        sys.exit(1)
    with open(os.path.join(folder, names[0]), "rb") as f:
        mail = email.message_from_binary_file(f, policy=email.policy.default)
    print()
    for header in ("From", "To", "Date", "Subject"):
        print(f"  {header}: {mail[header]}")
    print()
    for line in mail.get_body(("plain",)).get_content().rstrip().splitlines():
        print(f"  {line}".rstrip())
    print(f"\n  (mail 1 of {len(names)}: {folder})\n")


if __name__ == "__main__":
    main()
