package dev.sdlora.lora.plan;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.lora.format.Kind;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.format.Rows.Span;
import dev.sdlora.lora.plan.ModuleIndex.Layer;
import dev.sdlora.tensors.file.TensorFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The input of a control image, which the control LoRAs of FLUX.1 [dev] add to the network (Canny
 * and Depth, Black Forest Labs 2024). In their files, the first layer reads the channels of the
 * noisy latent and then as many of the control image's. The model has no weights for the latter;
 * they are a layer of their own here, whose output is added to the first layer's. Its weights are
 * zero, so it exists only while a control LoRA is overlaid, whatever the mode of the request.
 */
public final class ControlInput {
  /** The name of the added weight, [width of a token, channels of the control image]. */
  public static final String WEIGHT = "x_embedder.control.weight";

  private static final String INPUT = "x_embedder.weight";
  private static final String OUTPUT = "proj_out.weight";
  private static final String GUIDANCE = "time_text_embed.guidance_embedder.linear_1.weight";

  private ControlInput() {}

  /** Whether a weight is one that only LoRAs add. */
  public static boolean isAdded(String weight) {
    return weight.equals(WEIGHT);
  }

  /**
   * Returns the weights of a network with the added one, if it is FLUX.1 [dev] or a model with its
   * layers.
   *
   * @param weights the shapes of the network's weights
   */
  public static Map<String, List<Long>> with(Map<String, List<Long>> weights) {
    List<Long> input = weights.getOrDefault(INPUT, List.of());
    List<Long> output = weights.getOrDefault(OUTPUT, List.of());
    if (input.size() != 2
        || output.isEmpty()
        || !weights.containsKey(GUIDANCE)
        || !input.get(1).equals(output.get(0))) {
      return weights;
    }
    Map<String, List<Long>> all = new LinkedHashMap<>(weights);
    all.put(WEIGHT, input);
    return all;
  }

  /** Whether a module reads a control image in addition to the input of a layer. */
  static boolean isWider(LoraModule module, Layer layer) {
    return layer.weight().equals(INPUT)
        && module.kind() == Kind.LORA
        && module.find(Part.LORA_MID).or(() -> module.find(Part.DORA_SCALE)).isEmpty()
        && module.extent().in().orElse(0) == 2 * layer.in();
  }

  /** Divides a module between the first layer and the added one. */
  static List<Placed> divide(LoraModule module, Layer layer, Layer added) {
    long own = layer.in();
    return List.of(
        new Placed(layer, module.columns(new Span(0, own), true)),
        new Placed(added, module.columns(new Span(own, own), false)));
  }

  /** Returns the added layer of a model that has one. */
  static Optional<Layer> layer(ModuleIndex index) {
    return index.find("x_embedder.control");
  }

  static LoraException unreadable(LoraUse use, String checkpoint, LoraModule module, Layer layer) {
    return new LoraException(
        "LoRA '%s' (%s) is a control LoRA of FLUX.1 [dev]: its module '%s' reads %s channels, half of them of a control image, but '%s' of checkpoint '%s' reads %s and cannot be widened; use it with FLUX.1 [dev]"
            .formatted(
                use.name(),
                use.file().file().path(),
                module.key(),
                2 * layer.in(),
                layer.weight(),
                checkpoint,
                layer.in()),
        Reason.MISFIT,
        ErrorDetails.in(use.file().file().path()).withName(use.name()).withModule(module.key()));
  }

  /**
   * Checks that at most one of several LoRAs is a control LoRA.
   *
   * @param uses the LoRAs
   * @param plans the changes of each
   * @throws LoraException if two are
   */
  public static void requireOne(List<LoraUse> uses, List<PatchPlan> plans) {
    Optional<String> first = Optional.empty();
    for (int i = 0; i < uses.size(); i++) {
      if (isControl(plans.get(i))) {
        if (first.isPresent()) {
          TensorFile file = uses.get(i).file().file();
          throw new LoraException(
              "LoRAs '%s' and '%s' are both control LoRAs, which replace the norms of the model or draw after a control image; use one of them"
                  .formatted(first.get(), uses.get(i).name()),
              Reason.UNSUPPORTED,
              ErrorDetails.in(file.path()).withName(uses.get(i).name()));
        }
        first = Optional.of(uses.get(i).name());
      }
    }
  }

  private static boolean isControl(PatchPlan plan) {
    return !plan.where(
            (weight, change) -> isAdded(weight) || change.module().kind() == Kind.REPLACED)
        .equals(PatchPlan.NONE);
  }
}
