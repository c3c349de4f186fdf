# SPDX-License-Identifier: MIT
add_compile_options(-Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror)
add_compile_definitions(_GNU_SOURCE)
