#include <ifc/status.h>

#include <stdio.h>

ifc_status ifc_fail(ifc_error *err, ifc_status status, const char *format, ...)
{
    if (err && err->status == IFC_OK) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
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
