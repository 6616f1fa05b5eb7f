package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.transformer.Qwen3Config;
import dev.sdlora.families.transformer.T5Config;
import dev.sdlora.prompt.qwen.QwenTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The text encoders of a model with a transformer, and what belongs to them. */
public sealed interface TextParts {
  /** Returns the encoders in the order in which LoRAs and diffusers count them. */
  List<ModelFiles.Part<?>> encoders();

  /**
   * CLIP and T5: FLUX.1, Chroma and Stable Diffusion 3.
   *
   * @param clips CLIP-L for FLUX.1, CLIP-L and CLIP-G for Stable Diffusion 3; empty for Chroma
   * @param t5 T5-XXL; empty if a model of Stable Diffusion 3 has none
   */
  record ClipAndT5(List<ModelFiles.Part<ClipConfig>> clips, Optional<ModelFiles.Part<T5Config>> t5)
      implements TextParts {
    /** Copies the list. */
    public ClipAndT5 {
      clips = List.copyOf(clips);
    }

    @Override
    public List<ModelFiles.Part<?>> encoders() {
      List<ModelFiles.Part<?>> all = new ArrayList<>(clips);
      t5.ifPresent(all::add);
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
