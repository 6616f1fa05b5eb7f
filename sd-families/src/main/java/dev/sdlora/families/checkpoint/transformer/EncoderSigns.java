package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recognises text encoders by the names of their tensors. */
final class EncoderSigns {
  private EncoderSigns() {}

  /**
   * Returns the prefixes of the tensors that match a pattern, in the order of the file.
   *
   * @param sign matches whole names; its first group is the prefix
   */
  static List<String> prefixes(NetworkWeights weights, Pattern sign) {
    return weights.names().stream()
        .map(sign::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .distinct()
        .toList();
  }

  /** Returns the kind of text encoder that a file has, as the rest of a sentence about it. */
  static String describe(NetworkWeights weights) {
    if (has(weights, "text_model.") || has(weights, "resblocks.")) {
      return "is a CLIP model";
    }
    if (has(weights, "encoder.block.") || has(weights, "enc.blk.")) {
      return "is a T5 model";
    }
    if (has(weights, "self_attn.q_norm.")) {
      return "is Qwen3";
    }
    if (has(weights, "self_attn.q_proj.")) {
      return "is a language model without norms of queries and keys, such as Qwen2.5 or Mistral";
    }
    return "has no language model; the first of its %s tensors is %s"
        .formatted(
            weights.names().size(),
            weights.names().stream().findFirst().map(name -> "'" + name + "'").orElse("missing"));
  }

  /** Whether a name contains a part. */
  static boolean has(NetworkWeights weights, String part) {
    return weights.names().stream().anyMatch(name -> name.contains(part));
  }
}
