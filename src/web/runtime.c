// What Debian's runtime library for WebAssembly asks of the program: it is built with stack
// canaries, whose check this is. A module has no stack to smash in the usual sense, and no source
// of randomness: the value only has to be there.
#include <stdint.h>

extern uintptr_t __stack_chk_guard;
uintptr_t __stack_chk_guard = 0x51756964u;

_Noreturn void __stack_chk_fail(void);
_Noreturn void __stack_chk_fail(void)
{
    __builtin_trap();
}
