# What is installed, and the Debian package. The programs find what belongs to them
# from where they are, so a prefix can be moved; models and manual pages are built in.

install(TARGETS conntidy conntidy-clangd RUNTIME DESTINATION bin)
install(TARGETS ConntidyModule LIBRARY DESTINATION lib/conntidy)
install(FILES checks/models/schema.json DESTINATION share/conntidy)
install(PROGRAMS scripts/ci-gate DESTINATION share/conntidy/scripts)
install(PROGRAMS scripts/hooks/install scripts/hooks/pre-commit
        DESTINATION share/conntidy/scripts/hooks)
install(FILES scripts/gitlab/conntidy.yml DESTINATION share/conntidy/scripts/gitlab)
install(FILES README.md CHANGELOG.md DESTINATION share/doc/conntidy)
install(FILES LICENSE DESTINATION share/doc/conntidy RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME conntidy)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "finds connections that C and C++ code does not give back")
set(CPACK_PACKAGE_DESCRIPTION
    "Static analysis for leaks of database connections, results, statements, sockets
and files, on ordinary paths and where an exception skips the release: as a
command, as a module for clang-tidy and in clangd.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The Conntidy authors <maintainers@conntidy.example>")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
# Clang's own headers are no library that could be found out.
set(CPACK_DEBIAN_PACKAGE_DEPENDS libclang-common-${LLVM_VERSION_MAJOR}-dev)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS clang-tidy-${LLVM_VERSION_MAJOR})
include(CPack)
