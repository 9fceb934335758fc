/*
 * A disk that takes longer to sync: adds SYNC_MICROSECONDS (1000) to every fsync and fdatasync.
 *
 *     cc -shared -fPIC -O2 -o slow_sync.so bench/slow_sync.c -ldl
 *     LD_PRELOAD=$PWD/slow_sync.so python -m bench --only folder
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_longer(void)
{
    const char *given = getenv("SYNC_MICROSECONDS");
    usleep(given ? atoi(given) : 1000);
}

int fsync(int file)
{
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    wait_longer();
    return real(file);
}

int fdatasync(int file)
{
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    wait_longer();
    return real(file);
}
