package dev.sdlora.families;

import static dev.sdlora.families.checkpoint.stored.TensorRule.any;
import static dev.sdlora.families.checkpoint.stored.TensorRule.columns;
import static dev.sdlora.families.checkpoint.stored.TensorRule.matching;
import static dev.sdlora.families.checkpoint.stored.TensorRule.rows;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.stored.TensorRule;
import dev.sdlora.families.checkpoint.transformer.KnownModel;
import dev.sdlora.families.checkpoint.transformer.TransformerFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerFiles;
import dev.sdlora.families.family.FlowDefinition;
import dev.sdlora.families.flux1.Flux1;
import dev.sdlora.families.flux2.Flux2;
import dev.sdlora.families.zimage.ZImage;
import dev.sdlora.tensors.entry.TensorEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Models that are not U-Nets of Stable Diffusion, recognised by tensor names and shapes, with or
 * without a prefix.
 */
public final class KnownModels {
  private static final int FLUX2_KLEIN_9B_WIDTH = 4096;
  private static final int FLUX2_DEV_WIDTH = 6144;
  private static final int LUMINA_WIDTH = 2304;

  /** The text width of Qwen2.5-VL, which LongCat-Image reads. */
  private static final int LONGCAT_CONTEXT = 3584;

  /** Relatives of supported models, which have all signs of them. */
  private static final List<Row> RELATIVES =
      List.of(
          new Row("Chroma Radiance", any("nerf_final_layer_conv.", "nerf_blocks.")),
          new Row(
              "FLUX.2 [dev]",
              Flux2.BLOCKS
                  .and(Flux2.GUIDANCE)
                  .or(Flux2.BLOCKS.and(rows(Flux2.INPUT, FLUX2_DEV_WIDTH)))),
          new Row("FLUX.2 klein 9B", Flux2.BLOCKS.and(rows(Flux2.INPUT, FLUX2_KLEIN_9B_WIDTH))),
          new Row(
              "HunyuanVideo",
              any("txt_in.individual_token_refiner.", "context_embedder.token_refiner.")),
          new Row(
              "Ovis-Image",
              any("double_blocks.")
                  .and(any("txt_norm."))
                  .and(any("vector_in.").not())
                  .or(any("single_transformer_blocks.").and(any("context_embedder_norm.")))),
          new Row(
              "LongCat-Image",
              Flux1.BLOCKS
                  .and(columns(List.of("txt_in.weight"), LONGCAT_CONTEXT))
                  .or(
                      Flux1.BLOCKS.and(
                          columns(List.of("context_embedder.weight"), LONGCAT_CONTEXT)))),
          new Row("AuraFlow", any("joint_transformer_blocks.", "cond_seq_linear.")),
          new Row("Z-Image Omni", ZImage.BLOCKS.and(any("siglip_embedder."))),
          new Row("a pixel-space variant of Z-Image", ZImage.BLOCKS.and(any("dec_net."))),
          new Row(
              "Lumina-Image 2",
              ZImage.BLOCKS.and(rows(List.of("cap_embedder.1.weight"), LUMINA_WIDTH))));

  private static final List<Row> OTHERS =
      List.of(
          new Row("FLUX.2 of an unknown size", Flux2.BLOCKS),
          new Row("a relative of FLUX.1", Flux1.BLOCKS),
          new Row("Lumina-Image 2 or Z-Image", ZImage.BLOCKS),
          new Row("Qwen-Image", any("img_mod.1.")),
          new Row("Anima", any("llm_adapter.")),
          new Row("Wan", matching("(^|\\.)blocks\\.\\d+\\.self_attn\\.")),
          new Row("Stable Cascade", any("clip_txt_mapper.", "effnet_mapper.")),
          new Row("PixArt", any("adaln_single.")),
          new Row("Stable Diffusion 3", any("context_embedder.")));

  /** The first match counts. */
  private static final List<Row> ALL =
      Stream.of(
              RELATIVES.stream(),
              Families.ALL.stream()
                  .flatMap(family -> family.models().stream().map(model -> new Row(family, model))),
              OTHERS.stream())
          .flatMap(rows -> rows)
          .toList();

  private KnownModels() {}

  /** Returns the model that has these tensors. */
  public static Optional<KnownModel> find(Map<String, TensorEntry> tensors) {
    for (Row row : ALL) {
      List<String> found = new ArrayList<>();
      if (row.rule.test(tensors, found)) {
        String signs = String.join(" and ", found);
        return Optional.of(new KnownModel(row.name, row.family, firstName(found), signs));
      }
    }
    return Optional.empty();
  }

  private static String firstName(List<String> found) {
    String first = found.isEmpty() ? "" : found.get(0);
    return first.substring(1, Math.max(1, first.indexOf('\'', 1)));
  }

  /** Opens a model as {@link TransformerFiles#read} does. */
  public static Optional<TransformerFiles> read(Path path, CheckpointParts parts) {
    return TransformerFiles.read(path, parts, RECOGNITION);
  }

  /** Recognises a model as {@link TransformerFiles#recognise} does. */
  public static Optional<TransformerFamily> recognise(Path path, CheckpointParts parts) {
    return TransformerFiles.recognise(path, parts, RECOGNITION);
  }

  /** Opens the transformer of a folder as {@link TransformerFiles#alone} does. */
  public static Optional<TransformerFiles.Alone> alone(Path folder) {
    return TransformerFiles.alone(folder, RECOGNITION);
  }

  private static final TransformerFiles.Recognition RECOGNITION =
      new TransformerFiles.Recognition() {
        @Override
        public Optional<KnownModel> find(Map<String, TensorEntry> tensors) {
          return KnownModels.find(tensors);
        }

        @Override
        public CheckpointException notSupported(Path path, KnownModel known) {
          List<ModelFamily> nets =
              ModelFamily.supported().stream().filter(family -> !family.isTransformer()).toList();
          return new CheckpointException(
              "'%s' is %s, which is not supported: found %s; expected %s or a model with a U-Net (%s)"
                  .formatted(
                      path,
                      known.name(),
                      known.found(),
                      Families.ALL.stream()
                          .map(FlowDefinition::label)
                          .collect(Collectors.joining(", ")),
                      nets.stream().map(ModelFamily::label).collect(Collectors.joining(", "))),
              ErrorDetails.in(path).withTensor(known.sign()));
        }
      };

  private record Row(String name, Optional<TransformerFamily> family, TensorRule rule) {
    Row(String name, TensorRule rule) {
      this(name, Optional.empty(), rule);
    }

    Row(FlowDefinition family, TransformerFamily.Model model) {
      this(model.name(), Optional.of(family), model.rule());
    }
  }
}
