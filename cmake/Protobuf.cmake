# Generates C from proto/ into the build tree with protoc-c, and a descriptor set that
# the schema tests read.
find_program(PROTOC_C protoc-c REQUIRED)
find_program(PROTOC protoc REQUIRED)

function(kusanone_proto target)
	set(root ${CMAKE_SOURCE_DIR}/proto)
	set(out ${CMAKE_BINARY_DIR}/proto)
	file(GLOB_RECURSE protos CONFIGURE_DEPENDS RELATIVE ${root} ${root}/*.proto)
	list(SORT protos)
	set(generated "")
	set(inputs "")
	foreach(proto IN LISTS protos)
		string(REGEX REPLACE "\\.proto$" ".pb-c" base ${proto})
		list(APPEND generated ${out}/${base}.c ${out}/${base}.h)
		list(APPEND inputs ${root}/${proto})
	endforeach()
	file(MAKE_DIRECTORY ${out})
	add_custom_command(
		OUTPUT ${generated} ${out}/kusanone.fds
		COMMAND ${PROTOC_C} --c_out=${out} -I ${root} ${protos}
		COMMAND ${PROTOC} -I ${root} --include_imports
			--descriptor_set_out=${out}/kusanone.fds ${protos}
		DEPENDS ${inputs}
		WORKING_DIRECTORY ${root}
		VERBATIM)
	list(FILTER generated INCLUDE REGEX "\\.c$")
	add_library(${target} STATIC ${generated})
	target_include_directories(${target} SYSTEM PUBLIC ${out})
	target_link_libraries(${target} PUBLIC PkgConfig::PROTOBUF_C)
	# Generated code is not ours to warn about.
	target_compile_options(${target} PRIVATE -w)
endfunction()
