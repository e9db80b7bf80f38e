# Turns data files into C++ at build time: API models, the manual pages that stand
# in the headers of the rules, the parts of the report page; and the hash of the
# sources by which an index knows who made it. The work is done by embed.py, so that
# a changed file is embedded anew by the next build.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(CONNTIDY_EMBED ${CMAKE_CURRENT_LIST_DIR}/embed.py)

function(conntidy_embed_models OUTPUT)
  add_custom_command(OUTPUT ${OUTPUT}
    COMMAND Python3::Interpreter ${CONNTIDY_EMBED} models ${OUTPUT} ${ARGN}
    DEPENDS ${CONNTIDY_EMBED} ${ARGN} VERBATIM)
endfunction()

function(conntidy_embed_manuals OUTPUT)
  add_custom_command(OUTPUT ${OUTPUT}
    COMMAND Python3::Interpreter ${CONNTIDY_EMBED} manuals ${OUTPUT} ${ARGN}
    DEPENDS ${CONNTIDY_EMBED} ${ARGN} VERBATIM)
endfunction()

function(conntidy_embed_page OUTPUT)
  add_custom_command(OUTPUT ${OUTPUT}
    COMMAND Python3::Interpreter ${CONNTIDY_EMBED} page ${OUTPUT} ${ARGN}
    DEPENDS ${CONNTIDY_EMBED} ${ARGN} VERBATIM)
endfunction()

function(conntidy_embed_identity OUTPUT)
  add_custom_command(OUTPUT ${OUTPUT}
    COMMAND Python3::Interpreter ${CONNTIDY_EMBED} identity ${OUTPUT} ${ARGN}
    DEPENDS ${CONNTIDY_EMBED} ${ARGN} VERBATIM)
endfunction()
