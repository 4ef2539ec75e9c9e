#include "platform/cli/command.h"

int main(int argc, char **argv)
{
    return ifc_cli_main(argc, argv);
}
