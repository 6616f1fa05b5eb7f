package dev.sdlora.families.checkpoint.transformer;

import java.util.Optional;

/**
 * A recognised model.
 *
 * @param name its name
 * @param family its family if this library runs it
 * @param sign the name of the tensor that identified it
 * @param found the tensors that identified it, as part of a sentence
 */
public record KnownModel(
    String name, Optional<TransformerFamily> family, String sign, String found) {}
