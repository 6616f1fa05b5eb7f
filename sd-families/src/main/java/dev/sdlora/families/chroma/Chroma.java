package dev.sdlora.families.chroma;

import static dev.sdlora.families.checkpoint.stored.TensorRule.any;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.ModelFamily;
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
import dev.sdlora.families.flux1.Flux1;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.lora.plan.Network;
import java.util.List;
import java.util.Map;

/** Chroma. */
public final class Chroma implements FlowDefinition {
  @Override
  public ModelFamily family() {
    return ModelFamily.CHROMA;
  }

  @Override
  public List<Model> models() {
    return List.of(new Model(label(), APACHE, any(Approximator.NAME)));
  }

  @Override
  public DenoiserTensors denoiser() {
    return new ChromaTensors();
  }

  @Override
  public List<TextEncoderKind> textEncoders() {
    return List.of(TextEncoderKind.T5);
  }

  @Override
  public String encoderRepository() {
    return T5Tensors.REPOSITORY;
  }

  @Override
  public boolean isUsuallyDistilled() {
    return false;
  }

  @Override
  public TransformerConfig transformer(Map<String, List<Long>> shapes, JsonNode settings) {
    return Flux1.withAxes(Approximator.config(shapes), settings);
  }

  @Override
  public TextParts texts(TransformerFiles files) {
    return T5Parts.alone(files);
  }

  @Override
  public PromptSpec defaults(TransformerFiles files, TransformerConfig config) {
    return files.distillation().distilled()
        ? TransformerFamily.defaults(8, 1)
        : TransformerFamily.defaults(30, 3.5);
  }

  @Override
  public FlowTraits flow(TransformerModel model) {
    return new ChromaFlow(model);
  }

  @Override
  public Map<Network, Map<String, List<Long>>> published() {
    return Map.of(
        Network.UNET,
        Flux1.published(new Approximator(64, 5120, 5)),
        Network.TEXT_ENCODER,
        PublishedLayers.t5());
  }
}
