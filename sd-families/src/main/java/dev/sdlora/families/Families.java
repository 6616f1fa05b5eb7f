package dev.sdlora.families;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.chroma.Chroma;
import dev.sdlora.families.family.FlowDefinition;
import dev.sdlora.families.family.FlowTraits;
import dev.sdlora.families.flux1.Flux1;
import dev.sdlora.families.flux2.Flux2;
import dev.sdlora.families.sd.SdVersion;
import dev.sdlora.families.sd3.Sd3;
import dev.sdlora.families.zimage.ZImage;
import dev.sdlora.lora.plan.Network;
import java.util.List;
import java.util.Map;

/** The families of transformers that this library runs. */
public final class Families {
  /** A definition for each, in the order of {@link ModelFamily}. */
  public static final List<FlowDefinition> ALL =
      List.of(new Flux2(), new ZImage(), new Flux1(), new Chroma(), new Sd3());

  private Families() {}

  /**
   * Returns the definition of a family.
   *
   * @throws IllegalArgumentException if its denoiser is no transformer
   */
  public static FlowDefinition of(ModelFamily family) {
    return ALL.stream()
        .filter(definition -> definition.family() == family)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(family.label() + " is not a family of transformers"));
  }

  /**
   * Returns the layers that LoRAs for a published model change; those of SD 1.x if the family is
   * unknown.
   */
  public static Map<Network, Map<String, List<Long>>> published(ModelFamily family) {
    return family.isTransformer() ? of(family).published() : SdVersion.of(family).published();
  }

  /** Returns what drawing asks of a model. */
  public static FlowTraits of(TransformerModel model) {
    return of(model.checkpoint().family()).flow(model);
  }
}
