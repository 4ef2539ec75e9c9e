/* A shared object that is no plug-in. */
int ifc_something_else(void);

__attribute__((visibility("default"))) int ifc_something_else(void)
{
    return 0;
}
