/* What diag/host/cfnetwork.py uses of Core Foundation and CFNetwork, after their documentation, so
 * that its calls and the life of what it is given are tried where there is no macOS. The script's
 * own URL says what it answers. `live` counts what was made and not released. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { URL, SOURCE, TEXT, NUMBER, LIST, TABLE, PROBLEM };

struct thing {
    enum kind kind;
    char text[256];
    int64_t number;
    const struct thing *type, *host, *port;
    int refs;
};

struct client {
    long version;
    void *info, *retain, *release, *describe;
};

typedef void (*answer)(void *info, const void *list, const void *error);

#define NAME(symbol) \
    static struct thing symbol##_ = {.kind = TEXT, .text = #symbol}; \
    const void *symbol = &symbol##_

NAME(kCFRunLoopDefaultMode);
NAME(kCFProxyTypeKey);
NAME(kCFProxyHostNameKey);
NAME(kCFProxyPortNumberKey);
NAME(kCFProxyTypeNone);
NAME(kCFProxyTypeHTTPS);
NAME(kCFProxyTypeSOCKS);

int live = 0;
char asked[1024];
static answer waiting;
static struct client of;
static const struct thing *running;
static int added, stopped;

static struct thing *make(enum kind kind)
{
    struct thing *made = calloc(1, sizeof *made);
    made->kind = kind;
    made->refs = 1;
    live++;
    return made;
}

void CFRelease(const void *object)
{
    struct thing *it = (struct thing *)object;
    if (--it->refs == 0) {
        live--;
        free(it);
    }
}

const void *CFURLCreateWithBytes(const void *allocator, const char *bytes, long length,
                                 uint32_t encoding, const void *base)
{
    if (allocator || base || encoding != 0x08000100 || memchr(bytes, ' ', (size_t)length))
        return NULL;
    struct thing *url = make(URL);
    memcpy(url->text, bytes, (size_t)length);
    return url;
}

const void *CFNetworkExecuteProxyAutoConfigurationURL(const void *script, const void *target,
                                                      answer call, const struct client *context)
{
    const struct thing *pac = script, *page = target;
    if (strstr(pac->text, "none"))
        return NULL;
    snprintf(asked, sizeof asked, "%s for %s", pac->text, page->text);
    waiting = call;
    of = *context;
    struct thing *source = make(SOURCE);
    strcpy(source->text, pac->text);
    added = stopped = 0;
    return source;
}

const void *CFRunLoopGetCurrent(void) { return &live; }

void CFRunLoopAddSource(const void *loop, const void *source, const void *mode)
{
    added = loop == &live && mode == kCFRunLoopDefaultMode;
    running = source;
}

void CFRunLoopStop(const void *loop) { stopped = loop == &live; }

void CFRunLoopSourceInvalidate(const void *source)
{
    if (running == source)
        running = NULL;
}

int32_t CFRunLoopRunInMode(const void *mode, double seconds, unsigned char once)
{
    struct thing host = {.kind = TEXT}, port = {.kind = NUMBER};
    struct thing entry = {.kind = TABLE, .host = &host, .port = &port};
    struct thing list = {.kind = LIST, .number = 1, .type = &entry};
    struct thing problem = {.kind = PROBLEM};
    if (!added || !running || mode != kCFRunLoopDefaultMode || once || seconds <= 0)
        return 1;
    if (strstr(running->text, "silent"))
        return 3;
    if (sscanf(running->text, "http://wpad.test/error/%ld", &problem.number) == 1) {
        waiting(of.info, NULL, &problem);
    } else if (strstr(running->text, "empty")) {
        list.number = 0;
        waiting(of.info, &list, NULL);
    } else {
        entry.type = strstr(running->text, "direct") ? kCFProxyTypeNone
                     : strstr(running->text, "socks") ? kCFProxyTypeSOCKS
                                                      : kCFProxyTypeHTTPS;
        strcpy(host.text, strstr(running->text, "six") ? "2001:db8::1" : "proxy.test");
        port.number = strstr(running->text, "portless") ? 0 : 8080;
        waiting(of.info, &list, NULL);
    }
    return stopped ? 2 : 4;
}

long CFArrayGetCount(const void *list) { return ((const struct thing *)list)->number; }

const void *CFArrayGetValueAtIndex(const void *list, long index)
{
    return index == 0 ? ((const struct thing *)list)->type : NULL;
}

const void *CFDictionaryGetValue(const void *table, const void *key)
{
    const struct thing *entry = table;
    return key == kCFProxyTypeKey ? entry->type
           : key == kCFProxyHostNameKey ? entry->host
           : key == kCFProxyPortNumberKey ? entry->port
                                          : NULL;
}

unsigned char CFEqual(const void *one, const void *other) { return one == other; }

unsigned char CFStringGetCString(const void *text, char *buffer, long size, uint32_t encoding)
{
    const struct thing *it = text;
    if (it->kind != TEXT || encoding != 0x08000100 || (long)strlen(it->text) >= size)
        return 0;
    strcpy(buffer, it->text);
    return 1;
}

unsigned char CFNumberGetValue(const void *number, long type, void *value)
{
    const struct thing *it = number;
    if (it->kind != NUMBER || type != 4)
        return 0;
    *(int64_t *)value = it->number;
    return 1;
}

long CFErrorGetCode(const void *error) { return ((const struct thing *)error)->number; }
