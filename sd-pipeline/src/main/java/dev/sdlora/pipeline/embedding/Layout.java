package dev.sdlora.pipeline.embedding;

import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.ErrorDetails;
import java.util.List;
import java.util.Set;

/** Finds the tensors with an embedding's vectors by their names. */
final class Layout {
  /** A1111's dictionary, whose only key is usually {@code *}. */
  private static final String A1111 = "string_to_param.";

  /**
   * The tensor names for two text encoders: those of most trainers, and those of diffusers'
   * scripts.
   */
  private static final List<List<String>> PAIRS =
      List.of(List.of("clip_l", "clip_g"), List.of("text_encoders_0", "text_encoders_1"));

  private Layout() {}

  /**
   * Returns the tensors for the text encoders, in the order of the encoders.
   *
   * @throws EmbeddingException if these are not the tensors of one embedding
   */
  static List<String> tensors(Set<String> names) {
    List<String> params = names.stream().filter(name -> name.startsWith(A1111)).toList();
    if (params.size() == 1) {
      return params;
    }
    if (params.size() > 1) {
      throw new EmbeddingException(
          "holds %s embeddings ('%s'), expected one"
              .formatted(params.size(), String.join("', '", params)),
          ErrorDetails.NONE.withKnownNames(List.copyOf(params)));
    }
    for (List<String> pair : PAIRS) {
      if (names.containsAll(pair)) {
        return pair;
      }
    }
    if (names.size() == 1) {
      return List.copyOf(names); // diffusers: named after the trained word
    }
    throw new EmbeddingException(
        "is not an embedding: it has %s tensors%s"
            .formatted(
                names.size(),
                names.stream().findFirst().map(name -> ", the first '" + name + "'").orElse("")));
  }
}
