/**
 * The pages of documentation that lie beside the program.
 */
#ifndef IFC_CLI_PAGES_H
#define IFC_CLI_PAGES_H

/** ifc_pages_folder() - where they are: installed, or in the source; owned; NULL: nowhere. */
char *ifc_pages_folder(void);

#endif
