#include <stddef.h>

#include <ifc/kind.h>
#include <ifc/operator.h>
#include <ifc/txn.h>

const char *ifc_op_name(ifc_op_kind kind)
{
    static const char *const names[] = {
#define X(id, name) name,
        IFC_OP_MAP(X)
#undef X
    };
    return (unsigned)kind < IFC_OP_KINDS ? names[kind] : "unknown";
}

const char *ifc_phase_name(ifc_phase phase)
{
    static const char *const names[] = {
#define X(id, name) name,
        IFC_PHASE_MAP(X)
#undef X
    };
    return (unsigned)phase < IFC_PHASES ? names[phase] : "unknown";
}

const char *ifc_class_name(ifc_class c)
{
    static const char *const names[] = {
#define X(id, name) name,
        IFC_CLASS_MAP(X)
#undef X
    };
    return (unsigned)c < IFC_CLASSES ? names[c] : "unknown";
}

const char *ifc_command_name(ifc_command c)
{
    static const char *const names[] = {"read", "read_compute", "program",   "erase",
                                        "copy", "dram_read",    "dram_write"};
    return (unsigned)c < IFC_COMMANDS ? names[c] : "unknown";
}

const char *ifc_kind_name(uint32_t kind)
{
    static const char *const names[] = {
#define X(id, name) name,
        IFC_KIND_MAP(X)
#undef X
    };
    return kind < IFC_KINDS ? names[kind] : "unknown";
}

const char *const ifc_layout_names[] = {
#define X(id, name) name,
    IFC_LAYOUT_MAP(X)
#undef X
        NULL};
