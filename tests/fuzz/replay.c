/*
 * Feeds every file of the folders given to a fuzz target, so that a corpus is a
 * test wherever there is a C compiler.
 *
 * Always:  a folder that is missing or empty fails; nothing else can, but for the
 *          target itself.
 * Not here: folders in folders; a corpus is flat.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Runs the target over one file; tells whether it could be read. */
static int replay_file(const char *path, size_t size)
{
    uint8_t *data = malloc(size > 0 ? size : 1);
    FILE *file = fopen(path, "rb");
    const int is_read = data != NULL && file != NULL && fread(data, 1, size, file) == size;

    if (is_read)
        (void)LLVMFuzzerTestOneInput(data, size);
    else
        fprintf(stderr, "cannot read %s\n", path);
    if (file != NULL)
        fclose(file);
    free(data);
    return is_read;
}

/* Runs the target over the files of a folder; tells how many, or -1. */
static long replay_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    long n = 0;

    if (entries == NULL)
        return -1;
    while (n >= 0 && (entry = readdir(entries)) != NULL) {
        char path[4096];
        struct stat about;
        const int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);

        if (length < 0 || (size_t)length >= sizeof path || stat(path, &about) != 0)
            n = -1;
        else if (S_ISREG(about.st_mode))
            n = replay_file(path, (size_t)about.st_size) ? n + 1 : -1;
    }
    closedir(entries);
    return n;
}

int main(int n_arguments, char **arguments)
{
    int code = n_arguments > 1 ? EXIT_SUCCESS : EXIT_FAILURE;

    for (int i = 1; i < n_arguments; i++) {
        const long n = replay_folder(arguments[i]);

        printf("%s: %ld inputs replayed\n", arguments[i], n < 0 ? 0 : n);
        if (n <= 0)
            code = EXIT_FAILURE;
    }
    return code;
}
