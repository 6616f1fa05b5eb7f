package dev.sdlora.lora.plan;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.lora.plan.PatchPlan.Matched;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.testkit.TinyTransformers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** A small transformer without values, and LoRA files for it. */
enum TinyTransformer {
  FLUX2("flux2-transformer.txt.gz", ModelFamily.FLUX2),
  Z_IMAGE("z-image-transformer.txt.gz", ModelFamily.Z_IMAGE),
  FLUX1("flux1-transformer.txt.gz", ModelFamily.FLUX1);

  private final String resource;
  final ModelFamily family;

  TinyTransformer(String resource, ModelFamily family) {
    this.resource = resource;
    this.family = family;
  }

  Map<Network, Map<String, List<Long>>> shapes() {
    if (this == FLUX1) {
      return Map.of(
          Network.UNET,
          ModelNames.resource(resource),
          Network.TEXT_ENCODER,
          clip(),
          Network.TEXT_ENCODER_2,
          t5());
    }
    Map<String, List<Long>> text = new LinkedHashMap<>();
    for (int i = 0; i < 8; i++) {
      String layer = "model.layers." + i;
      text.put(layer + ".self_attn.q_proj.weight", List.of(64L, 48L));
      text.put(layer + ".self_attn.k_proj.weight", List.of(16L, 48L));
      text.put(layer + ".mlp.down_proj.weight", List.of(48L, 96L));
    }
    return Map.of(Network.UNET, ModelNames.resource(resource), Network.TEXT_ENCODER, text);
  }

  private static Map<String, List<Long>> clip() {
    Map<String, List<Long>> clip = new LinkedHashMap<>();
    for (int i = 0; i < 5; i++) {
      String layer = "text_model.encoder.layers." + i;
      for (String projection : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
        clip.put(layer + ".self_attn." + projection + ".weight", List.of(32L, 32L));
      }
      clip.put(layer + ".mlp.fc1.weight", List.of(64L, 32L));
      clip.put(layer + ".mlp.fc2.weight", List.of(32L, 64L));
    }
    return clip;
  }

  private static Map<String, List<Long>> t5() {
    Map<String, List<Long>> t5 = new LinkedHashMap<>();
    for (int i = 0; i < 3; i++) {
      String block = "encoder.block." + i;
      for (String projection : List.of("q", "k", "v")) {
        t5.put(block + ".layer.0.SelfAttention." + projection + ".weight", List.of(64L, 80L));
      }
      t5.put(block + ".layer.0.SelfAttention.o.weight", List.of(80L, 64L));
      t5.put(block + ".layer.1.DenseReluDense.wi_0.weight", List.of(160L, 80L));
      t5.put(block + ".layer.1.DenseReluDense.wi_1.weight", List.of(160L, 80L));
      t5.put(block + ".layer.1.DenseReluDense.wo.weight", List.of(80L, 160L));
    }
    return t5;
  }

  ModuleIndex index() {
    return ModuleIndex.of(shapes(), family);
  }

  /** Opens one of the files. */
  LoraFile file(String name) {
    Path folder =
        switch (this) {
          case FLUX2 -> TinyTransformers.kleinLoras();
          case Z_IMAGE -> TinyTransformers.zImageLoras();
          case FLUX1 -> TinyTransformers.flux1Loras();
        };
    return LoraFile.open(folder.resolve(name + ".safetensors"));
  }

  /** Plans a LoRA at strength 1. */
  Matched match(LoraFile file) {
    return PatchPlan.match(
        index(), "tiny", family, List.of(new LoraUse(file.file().path().toString(), file, 1, 1)));
  }

  /** The change of each weight of the transformer, multiplied out. */
  Map<String, float[]> deltas(LoraFile file) {
    Map<String, float[]> deltas = new TreeMap<>();
    Map<String, List<Long>> shapes = Objects.requireNonNull(shapes().get(Network.UNET));
    try (Torch torch = Torch.open("cpu");
        TensorFile.Reader reader = file.file().reader()) {
      Factors factors = new Factors(torch, new TensorLoader(torch));
      Objects.requireNonNull(match(file).plan().changes().get(Network.UNET))
          .forEach(
              (weight, changes) -> {
                for (Change change : changes) {
                  try (NDManager scope = torch.scope()) {
                    List<Long> shape = Objects.requireNonNull(shapes.get(weight));
                    NDArray zeros =
                        Torch.floats(
                            scope,
                            new float[Math.toIntExact(shape.get(0) * shape.get(1))],
                            shape.get(0),
                            shape.get(1));
                    deltas.put(
                        weight,
                        factors
                            .delta(reader, change.module(), zeros, change.strength(), scope)
                            .toFloatArray());
                  }
                }
              });
    }
    return deltas;
  }

  /** The change of each weight, computed from the two factors that overlays use. */
  Map<String, float[]> products(LoraFile file) {
    Map<String, float[]> deltas = new TreeMap<>();
    Map<String, List<Long>> shapes = Objects.requireNonNull(shapes().get(Network.UNET));
    try (Torch torch = Torch.open("cpu");
        TensorFile.Reader reader = file.file().reader();
        NDManager scope = torch.scope()) {
      Factors factors = new Factors(torch, new TensorLoader(torch));
      Objects.requireNonNull(match(file).plan().changes().get(Network.UNET))
          .forEach(
              (weight, changes) -> {
                for (Change change : changes) {
                  List<Long> shape = Objects.requireNonNull(shapes.get(weight));
                  LowRank product =
                      factors.product(reader, change.module(), shape, change.strength(), scope);
                  deltas.put(
                      weight,
                      product.up().matMul(product.down()).mul(product.scale()).toFloatArray());
                }
              });
    }
    return deltas;
  }

  /** The number of tensors of a file that belong to modules. */
  static int tensors(LoraFile file) {
    return file.modules().stream().mapToInt(module -> module.parts().size()).sum();
  }
}
