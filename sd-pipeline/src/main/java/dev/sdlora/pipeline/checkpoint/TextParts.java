package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.transformer.Qwen3Config;
import dev.sdlora.pipeline.transformer.T5Config;
import dev.sdlora.prompt.qwen.QwenTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The text encoders of a model with a transformer, and what belongs to them. */
public sealed interface TextParts {
  /** Returns the encoders in the order in which LoRAs and diffusers count them. */
  List<ModelFiles.Part<?>> encoders();

  /**
   * T5 with or without CLIP-L: FLUX.1 and Chroma.
   *
   * @param clip CLIP-L, whose pooled state is read; empty for Chroma
   * @param t5 T5-XXL
   */
  record ClipAndT5(Optional<ModelFiles.Part<ClipConfig>> clip, ModelFiles.Part<T5Config> t5)
      implements TextParts {
    @Override
    public List<ModelFiles.Part<?>> encoders() {
      List<ModelFiles.Part<?>> all = new ArrayList<>();
      clip.ifPresent(all::add);
      all.add(t5);
      return List.copyOf(all);
    }
  }

  /**
   * Qwen3, which FLUX.2 and Z-Image read.
   *
   * @param encoder Qwen3, up to the last layer whose states are read
   * @param layers the numbers of layers after which the denoiser reads states, in the order in
   *     which they are joined
   * @param tokenizer its tokenizer
   */
  record Qwen(ModelFiles.Part<Qwen3Config> encoder, List<Integer> layers, QwenTokenizer tokenizer)
      implements TextParts {
    /** Copies the list. */
    public Qwen {
      layers = List.copyOf(layers);
    }

    @Override
    public List<ModelFiles.Part<?>> encoders() {
      return List.of(encoder);
    }

    /** Returns the number of the encoder's layers that are read. */
    public int layersRead() {
      return layers.stream().mapToInt(layer -> layer).max().orElseThrow();
    }
  }
}
