package dev.sdlora.pipeline.make.weights;

import dev.sdlora.pipeline.make.tensors.StoredTensor;
import dev.sdlora.tensors.file.GgufWriter;
import java.util.List;
import java.util.Optional;

/**
 * The dimensions of a language model, which GGUF files have in their metadata under llama.cpp's
 * keys. What tensors do not show has the values of Qwen3-4B and of T5 1.1.
 */
final class LanguageModelSettings {
  private static final int QWEN3_CONTEXT = 40_960;
  private static final float QWEN3_ROPE = 1e6f;
  private static final float EPSILON = 1e-6f;

  private LanguageModelSettings() {}

  /** Adds the dimensions if the source is a language model. */
  static void write(ConversionSource source, GgufWriter writer) {
    if (source.architecture().filter(Architecture.QWEN3::equals).isPresent()) {
      qwen3(source, writer);
    } else if (source.architecture().filter(Architecture.T5::equals).isPresent()) {
      t5(source, writer);
    }
  }

  private static void qwen3(ConversionSource source, GgufWriter writer) {
    String prefix = Architecture.QWEN3.label() + ".";
    long head = size(source, "layers.0.self_attn.q_norm.weight", 0);
    writer
        .metadata(prefix + "block_count", layers(source, "layers."))
        .metadata(prefix + "context_length", QWEN3_CONTEXT)
        .metadata(prefix + "embedding_length", size(source, "embed_tokens.weight", 1))
        .metadata(prefix + "feed_forward_length", size(source, "layers.0.mlp.gate_proj.weight", 0))
        .metadata(
            prefix + "attention.head_count",
            size(source, "layers.0.self_attn.q_proj.weight", 0) / head)
        .metadata(
            prefix + "attention.head_count_kv",
            size(source, "layers.0.self_attn.k_proj.weight", 0) / head)
        .metadata(prefix + "attention.key_length", head)
        .metadata(prefix + "attention.value_length", head)
        .metadata(prefix + "rope.freq_base", QWEN3_ROPE)
        .metadata(prefix + "attention.layer_norm_rms_epsilon", EPSILON)
        .metadata(prefix + "vocab_size", size(source, "embed_tokens.weight", 0));
  }

  private static void t5(ConversionSource source, GgufWriter writer) {
    String prefix = Architecture.T5.label() + ".";
    String layer = "block.0.layer.0.SelfAttention.";
    long heads = size(source, layer + "relative_attention_bias.weight", 1);
    long head = size(source, layer + "q.weight", 0) / heads;
    writer
        .metadata(prefix + "block_count", layers(source, "block."))
        .metadata(prefix + "embedding_length", size(source, layer + "q.weight", 1))
        .metadata(
            prefix + "feed_forward_length",
            size(source, "block.0.layer.1.DenseReluDense.wi_0.weight", 0))
        .metadata(prefix + "attention.head_count", heads)
        .metadata(prefix + "attention.key_length", head)
        .metadata(prefix + "attention.value_length", head)
        .metadata(
            prefix + "attention.relative_buckets_count",
            size(source, layer + "relative_attention_bias.weight", 0))
        .metadata(prefix + "attention.layer_norm_rms_epsilon", EPSILON);
  }

  /** Returns a size of the tensor whose name ends so; 1 if there is none. */
  private static long size(ConversionSource source, String ending, int dimension) {
    Optional<List<Long>> shape =
        source.tensors().stream()
            .filter(tensor -> tensor.name().endsWith(ending))
            .map(StoredTensor::shape)
            .findFirst();
    return shape
        .filter(sizes -> sizes.size() > dimension)
        .map(sizes -> Math.max(1, sizes.get(dimension)))
        .orElse(1L);
  }

  private static long layers(ConversionSource source, String part) {
    return source.names().stream()
        .filter(name -> name.contains(part))
        .map(name -> name.substring(name.indexOf(part) + part.length()).replaceAll("\\..*", ""))
        .distinct()
        .count();
  }
}
