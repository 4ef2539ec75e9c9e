/**
 * What tells two saved runs apart: the dies as run, the policies that somebody chose, the parameters that
 * differ.
 */
#ifndef IFC_APART_H
#define IFC_APART_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/**
 * ifc_apart_print() - a head for each of two statistics files: its file, scenario and hash, dies, policies,
 * and the parameters by which it differs from the other
 * @root: the statistics; what an older file lacks is left out
 * Return: false when out of memory.
 */
bool ifc_apart_print(const char *const file[2], json_t *const root[2], FILE *out);

/** ifc_apart_is_chosen() - whether a policy of the statistics is not the default of its kind. */
bool ifc_apart_is_chosen(const json_t *policy);

#endif
