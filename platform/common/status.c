#include <ifc/status.h>

#include <stdio.h>

#include "platform/common/printable.h"

ifc_status ifc_fail(ifc_error *err, ifc_status status, const char *format, ...)
{
    if (err && err->status == IFC_OK) {
        char text[sizeof err->text];
        va_list args;
        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        ifc_printable(err->text, sizeof err->text, text);
        err->status = status;
    }
    return status;
}

const char *ifc_status_text(ifc_status status)
{
    switch (status) {
#define X(code, exit_code, text)                                                                             \
    case code:                                                                                               \
        return text;
        IFC_STATUS_MAP(X)
#undef X
    }
    return "unknown";
}
