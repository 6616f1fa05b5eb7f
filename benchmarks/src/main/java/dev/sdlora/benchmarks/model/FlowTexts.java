package dev.sdlora.benchmarks.model;

import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.checkpoint.transformer.TextParts;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.transformer.Qwen3Config;
import dev.sdlora.families.transformer.T5Config;
import dev.sdlora.tensors.number.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The text encoders of a model with a diffusion transformer. */
public sealed interface FlowTexts {
  /** Returns the dimensions of a checkpoint's text encoders. */
  static FlowTexts of(TextParts parts) {
    return parts instanceof TextParts.ClipAndT5 both
        ? new ClipAndT5(
            both.clips().stream().map(ModelFiles.Part::config).toList(),
            both.t5().orElseThrow().config())
        : new Qwen(((TextParts.Qwen) parts).encoder().config());
  }

  /** Returns the shapes of the tensors in each file, by the names that ComfyUI gives the files. */
  Map<String, Map<String, List<Long>>> files();

  /** Returns the format of the published files. */
  DType format();

  /**
   * Qwen3, which FLUX.2 and Z-Image read.
   *
   * @param config its dimensions
   */
  record Qwen(Qwen3Config config) implements FlowTexts {
    /** {@inheritDoc} The file has a last norm, which is never read. */
    @Override
    public Map<String, Map<String, List<Long>>> files() {
      Map<String, List<Long>> shapes = new LinkedHashMap<>(config.weights(config.layers()));
      shapes.put("model.norm.weight", List.of((long) config.width()));
      return Map.of("qwen_3_4b.safetensors", shapes);
    }

    @Override
    public DType format() {
      return DType.BF16;
    }
  }

  /**
   * CLIP and T5.
   *
   * @param clips CLIP-L for FLUX.1, CLIP-L and CLIP-G for Stable Diffusion 3; empty for Chroma
   * @param t5 T5-XXL
   */
  record ClipAndT5(List<ClipConfig> clips, T5Config t5) implements FlowTexts {
    /** Copies the list. */
    public ClipAndT5 {
      clips = List.copyOf(clips);
    }

    @Override
    public Map<String, Map<String, List<Long>>> files() {
      Map<String, Map<String, List<Long>>> files = new LinkedHashMap<>();
      for (ClipConfig clip : clips) {
        files.put(
            clip.kind() == ClipConfig.Kind.OPENAI ? "clip_l.safetensors" : "clip_g.safetensors",
            clip.weights());
      }
      files.put("t5xxl_fp16.safetensors", t5.weights());
      return files;
    }

    @Override
    public DType format() {
      return DType.F16;
    }
  }
}
