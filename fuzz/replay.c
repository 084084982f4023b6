// Feeds files to the fuzz entry with any compiler: the corpus and every finding are replayed by the
// tests.
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int count, char **paths)
{
    static uint8_t bytes[1 << 20];
    for (int i = 1; i < count; i++) {
        FILE *file = fopen(paths[i], "rb");
        if (file == NULL) {
            fprintf(stderr, "%s cannot be read\n", paths[i]);
            return 1;
        }
        const size_t size = fread(bytes, 1, sizeof bytes, file);
        (void)fclose(file);
        // An exact copy, so that a read past its end is seen by the sanitizers.
        uint8_t *copy = malloc(size == 0 ? 1 : size);
        if (copy == NULL)
            return 1;
        for (size_t at = 0; at < size; at++)
            copy[at] = bytes[at];
        (void)LLVMFuzzerTestOneInput(copy, size);
        free(copy);
    }
    printf("%d passed, 0 failed\n", count - 1);
    return count > 1 ? 0 : 1;
}
