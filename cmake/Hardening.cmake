# Warnings and hardening flags. A flag that a compiler lacks is left out (clang 14
# knows neither -fzero-call-used-regs nor plain -ftrivial-auto-var-init=zero).
include(CheckCCompilerFlag)

set(KUSANONE_WARNINGS
	-Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
	-Wformat=2 -Wimplicit-fallthrough -Wvla -Werror)

if(KUSANONE_SANITIZE AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
	# The sanitizers' checks make gcc believe in null formats that it warns of.
	list(APPEND KUSANONE_WARNINGS -Wno-format-truncation -Wno-format-overflow)
endif()

set(hardening
	-fstack-protector-strong
	-fstack-clash-protection
	-fcf-protection=full
	-ftrivial-auto-var-init=zero
	-fzero-call-used-regs=used-gpr
	-fno-strict-overflow
	-fno-strict-aliasing
	-fno-delete-null-pointer-checks
	-fno-common
	-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
foreach(flag IN LISTS hardening)
	string(MAKE_C_IDENTIFIER "has${flag}" var)
	if(flag MATCHES "prefix-map")
		set(var has_file_prefix_map)
	endif()
	check_c_compiler_flag("${flag}" ${var})
	if(${var})
		add_compile_options(${flag})
	endif()
endforeach()

set(CMAKE_POSITION_INDEPENDENT_CODE ON)
add_compile_options(-g)
add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code,--as-needed)

if(KUSANONE_SANITIZE)
	add_compile_options(-fsanitize=${KUSANONE_SANITIZE} -fno-omit-frame-pointer
		-fno-sanitize-recover=all)
	add_link_options(-fsanitize=${KUSANONE_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
	add_compile_options(-D_FORTIFY_SOURCE=3)
endif()
set(CMAKE_C_FLAGS_RELEASE "-O2")
if(KUSANONE_FUZZ)
	# All code tells the fuzzer where it went; the targets link -fsanitize=fuzzer.
	add_compile_options(-fsanitize=fuzzer-no-link)
endif()

add_compile_definitions(_GNU_SOURCE)
if(KUSANONE_PLANTS)
	add_compile_definitions(KUSANONE_PLANTS)
endif()
