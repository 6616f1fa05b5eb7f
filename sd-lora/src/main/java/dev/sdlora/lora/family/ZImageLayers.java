package dev.sdlora.lora.family;

import static dev.sdlora.lora.family.LayerSign.any;
import static dev.sdlora.lora.family.LayerSign.matching;
import static dev.sdlora.lora.family.LayerSign.width;
import static dev.sdlora.lora.family.TransformerRule.each;
import static dev.sdlora.lora.family.TransformerRule.rule;

import dev.sdlora.api.model.ModelFamily;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Z-Image: the names of single files. */
final class ZImageLayers implements SignedTable {
  private static final TransformerNames NAMES =
      new TransformerNames(
          Stream.of(
                  each(
                      List.of("layers", "noise_refiner", "context_refiner"),
                      rule(
                          "*.#.attention.qkv",
                          "*.#.attention.to_q",
                          "*.#.attention.to_k",
                          "*.#.attention.to_v")),
                  each(
                      List.of("layers", "noise_refiner", "context_refiner"),
                      rule("*.#.attention.out", "*.#.attention.to_out.0")),
                  each(
                      List.of("layers", "noise_refiner", "context_refiner"),
                      rule("*.#.attention.q_norm", "*.#.attention.norm_q")),
                  each(
                      List.of("layers", "noise_refiner", "context_refiner"),
                      rule("*.#.attention.k_norm", "*.#.attention.norm_k")),
                  Stream.of(
                      rule("x_embedder", "all_x_embedder.2-1"),
                      rule("final_layer.linear", "all_final_layer.2-1.linear"),
                      rule(
                          "final_layer.adaLN_modulation.1",
                          "all_final_layer.2-1.adaLN_modulation.1")))
              .flatMap(rules -> rules));

  static final long LUMINA2_WIDTH = 2304;

  /** Blocks of attention and a gated MLP; Lumina-Image 2 has the same at another width. */
  private static final Predicate<LayerName> BLOCKS =
      matching(
          "(?:layers|noise_refiner|context_refiner)[._]\\d+[._]"
              + "(?:attention|feed_forward|adaLN_modulation).*"
              + "|cap_embedder[._].*|all_(?:x_embedder|final_layer)[._].*");

  @Override
  public ModelFamily family() {
    return ModelFamily.Z_IMAGE;
  }

  @Override
  public LayerSign sign() {
    return new LayerSign(BLOCKS, any(BLOCKS.and(width(LUMINA2_WIDTH))).negate());
  }

  @Override
  public String words() {
    return "z[\\W_]?image";
  }

  @Override
  public String baseVersion(boolean velocity) {
    return "Z-Image";
  }

  @Override
  public String architecture(boolean velocity) {
    return "Z-Image";
  }

  @Override
  public String implementation() {
    return "https://github.com/Tongyi-MAI/Z-Image";
  }

  @Override
  public Optional<TransformerNames> names() {
    return Optional.of(NAMES);
  }
}
