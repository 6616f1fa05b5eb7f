package dev.sdlora.pipeline.checkpoint.transformer;

import dev.sdlora.pipeline.checkpoint.stored.NetworkWeights;
import java.util.List;
import java.util.Optional;

/** The text encoders that transformers read. */
public enum TextEncoderKind {
  /** Qwen3 with 4 billion parameters. */
  QWEN3("text encoder");

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
    };
  }

  /** Returns the prefix of its names in a file; empty if the file has no such encoder. */
  Optional<String> prefix(NetworkWeights weights) {
    return switch (this) {
      case QWEN3 -> Qwen3Tensors.prefix(weights);
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
    };
  }
}
