/**
 * What the name of an architecture says about a model and its config.json does not.
 */
#ifndef IFC_MODEL_TYPES_H
#define IFC_MODEL_TYPES_H

#include <stdbool.h>
#include <stdint.h>

/** Norms of queries and keys. */
enum ifc__qk_norm {
    IFC__QK_NORM_NONE,
    IFC__QK_NORM_HEAD, /* one vector for all heads */
    IFC__QK_NORM_ALL   /* every head its own */
};

/** Which layers attend to a window only, where the file has no list of them. */
enum ifc__windows {
    IFC__WINDOW_ALL,
    IFC__WINDOW_NEVER,     /* the key is not used */
    IFC__WINDOW_ALTERNATE, /* the first, the third ... */
    IFC__WINDOW_FIVE_OF_SIX,
    IFC__WINDOW_ASKED /* use_sliding_window, from max_window_layers on */
};

typedef struct ifc__model_type {
    const char *name;      /* model_type of the file */
    uint8_t norms;         /* of a layer, each as wide as the residual stream */
    bool norm_bias;        /* norms have a bias, too */
    uint8_t ffn_matrices;  /* 2: up, down; 3: gate, up, down */
    bool tied;             /* the head, where tie_word_embeddings is missing */
    bool qkv_bias, o_bias; /* where attention_bias is missing */
    bool ffn_bias;         /* where mlp_bias is missing */
    bool parallel;         /* attention and feed-forward block read the same input */
    bool sinks;            /* a number for each query head beside the keys */
    bool router_bias;
    bool shared_gate; /* a vector decides how much the shared experts count */
    enum ifc__qk_norm qk_norm;
    enum ifc__windows windows;
    uint16_t head_dim;       /* where head_dim is missing; 0: hidden_size / num_attention_heads */
    uint16_t window;         /* where sliding_window is missing */
    bool expert_is_ffn;      /* an expert is as wide as intermediate_size */
    const char *needs[7];    /* keys that the library would give a value of one certain model */
    uint8_t position_offset; /* learned positions beyond max_position_embeddings */
    bool positions;          /* positions are learned */
} ifc__model_type;

/** ifc__model_type_find() - Return: NULL when the name is not known. */
const ifc__model_type *ifc__model_type_find(const char *name);

/** ifc__model_type_usual() - what is taken for granted of an architecture that is not known: LLaMA's form. */
const ifc__model_type *ifc__model_type_usual(void);

#endif
