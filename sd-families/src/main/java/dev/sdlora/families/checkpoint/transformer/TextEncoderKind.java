package dev.sdlora.families.checkpoint.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The text encoders that transformers read. */
public enum TextEncoderKind {
  /** Qwen3 with 4 billion parameters. */
  QWEN3("text encoder"),
  /** OpenAI's CLIP ViT-L. */
  CLIP_L("text encoder CLIP-L"),
  /** OpenCLIP's ViT-bigG. */
  CLIP_G("text encoder CLIP-G"),
  /** T5-XXL. */
  T5("text encoder T5-XXL");

  private final String label;

  TextEncoderKind(String label) {
    this.label = label;
  }

  /** Returns its name in messages. */
  public String label() {
    return label;
  }

  /** Returns the file names in ComfyUI's folder, the usual one first. */
  List<String> files() {
    return switch (this) {
      case QWEN3 -> List.of("qwen_3_4b.safetensors");
      case CLIP_L -> List.of(ClipTensors.L.file());
      case CLIP_G -> List.of(ClipTensors.G.file());
      case T5 -> T5Tensors.FILES;
    };
  }

  /** Returns the prefix of its names in a file; empty if the file has no such encoder. */
  Optional<String> prefix(NetworkWeights weights) {
    return switch (this) {
      case QWEN3 -> Qwen3Tensors.prefix(weights);
      case CLIP_L -> ClipTensors.L.prefix(weights);
      case CLIP_G -> ClipTensors.G.prefix(weights);
      case T5 -> T5Tensors.prefix(weights);
    };
  }

  /**
   * Finds the encoder in a file or folder.
   *
   * @throws dev.sdlora.api.error.CheckpointException if it is something else; the message says what
   */
  StoredNetwork in(NetworkWeights weights) {
    return switch (this) {
      case QWEN3 -> Qwen3Tensors.in(weights);
      case CLIP_L -> ClipTensors.L.in(weights);
      case CLIP_G -> ClipTensors.G.in(weights);
      case T5 -> T5Tensors.in(weights);
    };
  }

  /**
   * Returns the names and shapes of its weights, after a check that the transformer reads its
   * states.
   *
   * @param settings its config.json; missing if there is none
   * @param transformer the transformer's file
   * @param context the width of the text that the transformer reads
   * @throws dev.sdlora.api.error.CheckpointException if it has states of another width
   */
  Map<String, List<Long>> wanted(
      StoredNetwork network,
      TransformerFamily family,
      JsonNode settings,
      Path transformer,
      long context) {
    return switch (this) {
      case QWEN3 -> {
        Qwen3Tensors.requireFitting(network, family, transformer, context);
        boolean full = context == Qwen3Tensors.FULL_WIDTH * family.states();
        int layers = ModelSettings.blocks(settings, "num_hidden_layers", network.weights().path());
        // Layers that are never read may be missing from a full-size encoder.
        yield Qwen3Tensors.wanted(network, full ? family.encoderLayers() : layers);
      }
      case CLIP_L -> ClipTensors.L.wanted(network);
      case CLIP_G -> ClipTensors.G.wanted(network);
      case T5 -> {
        T5Tensors.requireFitting(network, transformer, context);
        yield T5Tensors.wanted(network);
      }
    };
  }
}
