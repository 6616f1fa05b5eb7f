package dev.sdlora.families.flux1;

import static dev.sdlora.families.checkpoint.stored.TensorRule.any;
import static dev.sdlora.families.checkpoint.stored.TensorRule.columns;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.stored.TensorRule;
import dev.sdlora.families.checkpoint.transformer.DenoiserTensors;
import dev.sdlora.families.checkpoint.transformer.PublishedLayers;
import dev.sdlora.families.checkpoint.transformer.T5Parts;
import dev.sdlora.families.checkpoint.transformer.T5Tensors;
import dev.sdlora.families.checkpoint.transformer.TextEncoderKind;
import dev.sdlora.families.checkpoint.transformer.TextParts;
import dev.sdlora.families.checkpoint.transformer.TransformerFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerFiles;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.family.FlowDefinition;
import dev.sdlora.families.family.FlowTraits;
import dev.sdlora.families.family.TrainingRules;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.plan.Network;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** FLUX.1: dev, schnell and models trained from them. */
public final class Flux1 implements FlowDefinition {
  /** Tensors of FLUX.1 and its relatives. */
  public static final TensorRule BLOCKS = any("double_blocks.", "single_transformer_blocks.");

  private static final String DEV_LICENCE = "FLUX.1 [dev] Non-Commercial License";

  private static final double DEV_GUIDANCE = 3.5;
  private static final double FILL_GUIDANCE = 30;
  private static final double CANNY_GUIDANCE = 30;
  private static final double DEPTH_GUIDANCE = 10;
  private static final int LONG = 50;

  /** The guidance scales that authors recommend for models, by a word of their names. */
  private static final Map<String, Double> GUIDANCE = Map.of("krea", 4.5, "kontext", 2.5);

  @Override
  public ModelFamily family() {
    return ModelFamily.FLUX1;
  }

  @Override
  public List<Model> models() {
    return List.of(
        new Model("FLUX.1 Fill", DEV_LICENCE, guided(384)),
        new Model("FLUX.1 Canny or Depth", DEV_LICENCE, guided(128)),
        new Model("FLUX.1 [dev]", DEV_LICENCE, guided(64)),
        new Model("FLUX.1 [schnell]", APACHE, reading(64)));
  }

  private static TensorRule guided(long channels) {
    return reading(channels).and(any("guidance_in.", "time_text_embed.guidance_embedder."));
  }

  /** Returns the rule for models whose input has so many channels; Chroma reads no pooled text. */
  private static TensorRule reading(long channels) {
    return BLOCKS
        .and(any("distilled_guidance_layer.").not())
        .and(columns(List.of("img_in.weight", "x_embedder.weight"), channels))
        .and(any("vector_in.", "time_text_embed.text_embedder."));
  }

  @Override
  public DenoiserTensors denoiser() {
    return new Flux1Tensors();
  }

  @Override
  public List<TextEncoderKind> textEncoders() {
    return List.of(TextEncoderKind.CLIP_L, TextEncoderKind.T5);
  }

  @Override
  public TextEncoderKind mainEncoder() {
    return TextEncoderKind.T5;
  }

  @Override
  public String encoderRepository() {
    return T5Tensors.REPOSITORY;
  }

  @Override
  public boolean isDistilledUnlessUndone() {
    return true;
  }

  @Override
  public TransformerConfig transformer(Map<String, List<Long>> shapes, JsonNode settings) {
    return withAxes(Flux1Config.of(shapes), settings);
  }

  /** Returns a copy with the axes of config.json, if it has any. */
  public static Flux1Config withAxes(Flux1Config config, JsonNode settings) {
    List<Integer> axes = TransformerFamily.integers(settings.path("axes_dims_rope"));
    return axes.isEmpty() ? config : config.withAxes(axes);
  }

  @Override
  public TextParts texts(TransformerFiles files) {
    return T5Parts.withClip(files);
  }

  @Override
  public Checkpoint.Task task(TransformerConfig transformer) {
    Flux1Config config = (Flux1Config) transformer;
    if (config.isFilling()) {
      return Checkpoint.Task.INPAINTING;
    }
    return config.isControlled() ? Checkpoint.Task.CONTROL : Checkpoint.Task.TEXT_TO_IMAGE;
  }

  @Override
  public PromptSpec defaults(TransformerFiles files, TransformerConfig config) {
    Flux1Config flux = (Flux1Config) config;
    if (!flux.isGuided()) {
      return TransformerFamily.defaults(4, 1);
    }
    if (flux.isFilling()) {
      return guided(FILL_GUIDANCE);
    }
    String name = files.name().toLowerCase(Locale.ROOT);
    if (flux.isControlled()) {
      boolean readsDepths = (name + title(files)).contains("depth");
      return guided(readsDepths ? DEPTH_GUIDANCE : CANNY_GUIDANCE);
    }
    PromptSpec.Builder spec =
        TransformerFamily.defaults(28, files.distillation().distilled() ? 1 : 3.5).toBuilder();
    double guidance =
        GUIDANCE.entrySet().stream()
            .filter(entry -> name.contains(entry.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(DEV_GUIDANCE);
    return spec.distilledGuidance(guidance).build();
  }

  /** Returns the title in the metadata of the transformer's file, in lower case. */
  private static String title(TransformerFiles files) {
    return files.transformer().weights().values().stream()
        .map(origin -> origin.file().metadata().getOrDefault("modelspec.title", ""))
        .findFirst()
        .orElse("")
        .toLowerCase(Locale.ROOT);
  }

  private static PromptSpec guided(double guidance) {
    return TransformerFamily.defaults(LONG, 1).toBuilder().distilledGuidance(guidance).build();
  }

  @Override
  public FlowTraits flow(TransformerModel model) {
    return new Flux1Flow(model);
  }

  @Override
  public Map<Network, Map<String, List<Long>>> published() {
    return Map.of(
        Network.UNET,
        published(new OwnLayers(768, true)),
        Network.TEXT_ENCODER,
        PublishedLayers.CLIP_L,
        Network.TEXT_ENCODER_2,
        PublishedLayers.t5());
  }

  /** Returns the layers of a transformer of FLUX.1's size. */
  public static Map<String, List<Long>> published(Modulation modulation) {
    int width = 3072;
    return PublishedLayers.matrices(
        new Flux1Config(
                16,
                16,
                width,
                24,
                19,
                38,
                PublishedLayers.T5_WIDTH,
                4 * width,
                modulation,
                Flux1Config.axes(128),
                Flux1Config.THETA)
            .weights());
  }

  @Override
  public Optional<TrainingRules> training(TransformerConfig config) {
    return Optional.of(
        new TrainingRules(
            true,
            config.isGuided() ? OptionalDouble.empty() : OptionalDouble.of(1),
            KeyNaming.PEFT,
            false));
  }

  @Override
  public Optional<String> untrainable(Checkpoint checkpoint) {
    return switch (checkpoint.task()) {
      case INPAINTING -> Optional.of("is FLUX.1 Fill, an inpainting model");
      case CONTROL -> Optional.of("reads a control image, like FLUX.1 Canny and Depth");
      case TEXT_TO_IMAGE, EDITING ->
          family().readsReferences(checkpoint.name())
              ? Optional.of("is FLUX.1 Kontext, an image editing model")
              : Optional.empty();
    };
  }
}
