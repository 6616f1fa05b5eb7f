package dev.sdlora.families.sd3;

import static dev.sdlora.families.checkpoint.stored.TensorRule.any;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.stored.TensorRule;
import dev.sdlora.families.checkpoint.transformer.DenoiserTensors;
import dev.sdlora.families.checkpoint.transformer.PublishedLayers;
import dev.sdlora.families.checkpoint.transformer.T5Parts;
import dev.sdlora.families.checkpoint.transformer.TextEncoderKind;
import dev.sdlora.families.checkpoint.transformer.TextParts;
import dev.sdlora.families.checkpoint.transformer.TransformerFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerFiles;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.family.FlowDefinition;
import dev.sdlora.families.family.FlowTraits;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.lora.plan.Network;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Stable Diffusion 3 Medium, and 3.5 Large, Large Turbo and Medium. */
public final class Sd3 implements FlowDefinition {
  private static final TensorRule BLOCKS = any("joint_blocks.", "pos_embed.pos_embed");
  private static final String LICENCE = "Stability AI Community License";
  private static final double SHIFT = 3;

  @Override
  public ModelFamily family() {
    return ModelFamily.SD3;
  }

  @Override
  public List<Model> models() {
    return List.of(
        new Model(
            "Stable Diffusion 3.5 Medium",
            LICENCE,
            BLOCKS.and(any("x_block.attn2.", "attn2.to_q."))),
        new Model(
            "Stable Diffusion 3.5 Large", LICENCE, BLOCKS.and(any("attn.ln_q.", "attn.norm_q."))),
        new Model("Stable Diffusion 3 Medium", LICENCE, BLOCKS));
  }

  @Override
  public DenoiserTensors denoiser() {
    return new Sd3Tensors();
  }

  @Override
  public List<TextEncoderKind> textEncoders() {
    return List.of(TextEncoderKind.CLIP_L, TextEncoderKind.CLIP_G, TextEncoderKind.T5);
  }

  @Override
  public String encoderRepository() {
    return "Comfy-Org/stable-diffusion-3.5-fp8";
  }

  @Override
  public String label() {
    return "Stable Diffusion 3";
  }

  /** {@inheritDoc} T5 may be missing. */
  @Override
  public boolean drawsWithout(TextEncoderKind kind) {
    return kind == TextEncoderKind.T5;
  }

  @Override
  public Usual vae() {
    return new Usual(
        "diffusion_pytorch_model.safetensors",
        "stabilityai/stable-diffusion-3.5-medium (folder vae)");
  }

  @Override
  public List<String> vaes() {
    return List.of("sd3_vae.safetensors", "sd3.5_vae.safetensors");
  }

  @Override
  public boolean isUsuallyDistilled() {
    return false;
  }

  @Override
  public TransformerConfig transformer(Map<String, List<Long>> shapes, JsonNode settings) {
    Sd3Config config = Sd3Config.of(shapes);
    int heads = settings.path("num_attention_heads").asInt(config.heads());
    if (heads < 1 || config.width() % heads != 0) {
      throw new IllegalArgumentException(
          "num_attention_heads is %s, expected a divisor of the width %s"
              .formatted(heads, config.width()));
    }
    return config.withHeads(heads);
  }

  @Override
  public TextParts texts(TransformerFiles files) {
    return T5Parts.withBothClips(files, Sd3Config.of(files.transformer().shapes()).pooledWidth());
  }

  @Override
  public LatentFormat latents(TransformerFiles.Part vae, int channels) {
    return LatentFormat.shifted(0.0609, 1.5305, channels);
  }

  @Override
  public String widest() {
    return "context_embedder.weight";
  }

  @Override
  public double shift(boolean isDistilled) {
    return SHIFT;
  }

  /** Returns Stability AI's settings: Medium has a second attention, Large Turbo is distilled. */
  @Override
  public PromptSpec defaults(TransformerFiles files, TransformerConfig config) {
    if (files.distillation().distilled()) {
      return TransformerFamily.defaults(4, 1);
    }
    return ((Sd3Config) config).dualLayers().isEmpty()
        ? TransformerFamily.defaults(28, 4.5)
        : TransformerFamily.defaults(40, 5);
  }

  @Override
  public FlowTraits flow(TransformerModel model) {
    return new Sd3Flow(model);
  }

  /**
   * {@inheritDoc} Those of 3.5 Medium, and as many blocks as 3.5 Large has: all models have the
   * same names.
   */
  @Override
  public Map<Network, Map<String, List<Long>>> published() {
    int most = 38;
    Sd3Config config =
        new Sd3Config(
            16,
            1536,
            24,
            most,
            PublishedLayers.T5_WIDTH,
            2048,
            384,
            IntStream.range(0, 13).boxed().toList(),
            true);
    return Map.of(
        Network.UNET,
        PublishedLayers.matrices(config.weights()),
        Network.TEXT_ENCODER,
        PublishedLayers.CLIP_L,
        Network.TEXT_ENCODER_2,
        PublishedLayers.CLIP_G,
        Network.TEXT_ENCODER_3,
        PublishedLayers.t5());
  }
}
