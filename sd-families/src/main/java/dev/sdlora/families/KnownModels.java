package dev.sdlora.families;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.transformer.KnownModel;
import dev.sdlora.families.checkpoint.transformer.TransformerFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerFiles;
import dev.sdlora.families.family.FlowDefinition;
import dev.sdlora.tensors.file.TensorEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Models that are not U-Nets of Stable Diffusion, recognised by tensor names and shapes, with or
 * without a prefix.
 */
public final class KnownModels {
  private static final int FLUX2_KLEIN_WIDTH = 3072;
  private static final int FLUX2_KLEIN_9B_WIDTH = 4096;
  private static final int FLUX2_DEV_WIDTH = 6144;
  private static final int LUMINA_WIDTH = 2304;
  private static final int Z_IMAGE_WIDTH = 3840;

  /** The text width of Qwen2.5-VL, which LongCat-Image reads. */
  private static final int LONGCAT_CONTEXT = 3584;

  private static final List<String> FLUX2_INPUT = List.of("img_in.weight", "x_embedder.weight");

  private static final Rule FLUX2 =
      any("double_stream_modulation_img.", "single_stream_modulation.", "attn.to_qkv_mlp_proj.");
  private static final Rule FLUX1 = any("double_blocks.", "single_transformer_blocks.");
  private static final Rule FLUX1_GUIDANCE =
      any("guidance_in.", "time_text_embed.guidance_embedder.");
  private static final Rule POOLED = any("vector_in.", "time_text_embed.text_embedder.");
  private static final Rule SD3 = any("joint_blocks.", "pos_embed.pos_embed");
  private static final Rule LUMINA = any("cap_embedder.");

  /** The first match counts. */
  private static final List<Row> ALL =
      List.of(
          new Row("Chroma Radiance", any("nerf_final_layer_conv.", "nerf_blocks.")),
          new Row(ModelFamily.CHROMA, any("distilled_guidance_layer.")),
          new Row(
              "FLUX.2 [dev]",
              FLUX2
                  .and(any("guidance_in.", "time_guidance_embed.guidance_embedder."))
                  .or(FLUX2.and(rows(FLUX2_INPUT, FLUX2_DEV_WIDTH)))),
          new Row("FLUX.2 klein 9B", FLUX2.and(rows(FLUX2_INPUT, FLUX2_KLEIN_9B_WIDTH))),
          new Row(ModelFamily.FLUX2, FLUX2.and(upTo(FLUX2_INPUT, FLUX2_KLEIN_WIDTH))),
          new Row("FLUX.2 of an unknown size", FLUX2),
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
              FLUX1
                  .and(columns("txt_in.weight", LONGCAT_CONTEXT))
                  .or(FLUX1.and(columns("context_embedder.weight", LONGCAT_CONTEXT)))),
          new Row(
              "FLUX.1 Fill",
              ModelFamily.FLUX1,
              FLUX1.and(input(384)).and(POOLED).and(FLUX1_GUIDANCE)),
          new Row(
              "FLUX.1 Canny or Depth",
              ModelFamily.FLUX1,
              FLUX1.and(input(128)).and(POOLED).and(FLUX1_GUIDANCE)),
          new Row("AuraFlow", any("joint_transformer_blocks.", "cond_seq_linear.")),
          new Row(
              "FLUX.1 [dev]",
              ModelFamily.FLUX1,
              FLUX1.and(input(64)).and(POOLED).and(FLUX1_GUIDANCE)),
          new Row("FLUX.1 [schnell]", ModelFamily.FLUX1, FLUX1.and(input(64)).and(POOLED)),
          new Row("a relative of FLUX.1", FLUX1),
          new Row(
              "Stable Diffusion 3.5 Medium",
              ModelFamily.SD3,
              SD3.and(any("x_block.attn2.", "attn2.to_q."))),
          new Row(
              "Stable Diffusion 3.5 Large",
              ModelFamily.SD3,
              SD3.and(any("attn.ln_q.", "attn.norm_q."))),
          new Row("Stable Diffusion 3 Medium", ModelFamily.SD3, SD3),
          new Row("Z-Image Omni", LUMINA.and(any("siglip_embedder."))),
          new Row("a pixel-space variant of Z-Image", LUMINA.and(any("dec_net."))),
          new Row(
              "Lumina-Image 2", LUMINA.and(rows(List.of("cap_embedder.1.weight"), LUMINA_WIDTH))),
          new Row(
              ModelFamily.Z_IMAGE,
              LUMINA.and(
                  any(
                          "noise_refiner.0.attention.k_norm.weight",
                          "noise_refiner.0.attention.norm_k.weight",
                          "cap_pad_token")
                      .or(rows(List.of("cap_embedder.1.weight"), Z_IMAGE_WIDTH)))),
          new Row("Lumina-Image 2 or Z-Image", LUMINA),
          new Row("Qwen-Image", any("img_mod.1.")),
          new Row("Anima", any("llm_adapter.")),
          new Row("Wan", matching("(^|\\.)blocks\\.\\d+\\.self_attn\\.")),
          new Row("Stable Cascade", any("clip_txt_mapper.", "effnet_mapper.")),
          new Row("PixArt", any("adaln_single.")),
          new Row("Stable Diffusion 3", any("context_embedder.")));

  private KnownModels() {}

  /** Returns the model that has these tensors. */
  public static Optional<KnownModel> find(Map<String, TensorEntry> tensors) {
    for (Row row : ALL) {
      List<String> found = new ArrayList<>();
      if (row.rule.test(tensors, found)) {
        String signs = String.join(" and ", found);
        return Optional.of(
            new KnownModel(row.name, row.family.map(Families::of), firstName(found), signs));
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

  private record Row(String name, Optional<ModelFamily> family, Rule rule) {
    Row(String name, Rule rule) {
      this(name, Optional.empty(), rule);
    }

    Row(String name, ModelFamily family, Rule rule) {
      this(name, Optional.of(family), rule);
    }

    Row(ModelFamily family, Rule rule) {
      this(Families.of(family).label(), Optional.of(family), rule);
    }
  }

  /** A condition on tensors; adds the quoted tensors that meet it to a list. */
  @FunctionalInterface
  private interface Rule {
    boolean test(Map<String, TensorEntry> tensors, List<String> found);

    default Rule and(Rule other) {
      return (tensors, found) -> test(tensors, found) && other.test(tensors, found);
    }

    default Rule or(Rule other) {
      return (tensors, found) -> {
        int before = found.size();
        if (test(tensors, found)) {
          return true;
        }
        found.subList(before, found.size()).clear();
        return other.test(tensors, found);
      };
    }

    default Rule not() {
      return (tensors, found) -> !test(tensors, new ArrayList<>());
    }
  }

  /** A tensor has a name that begins with one of these parts, after any prefix. */
  private static Rule any(String... parts) {
    List<String> list = List.of(parts);
    return named(
        name -> list.stream().anyMatch(part -> name.startsWith(part) || name.contains("." + part)));
  }

  private static Rule matching(String part) {
    return named(Pattern.compile(part).asPredicate());
  }

  private static Rule named(Predicate<String> of) {
    return (tensors, found) -> {
      Optional<String> name = tensors.keySet().stream().filter(of).findFirst();
      name.ifPresent(known -> found.add("'" + known + "'"));
      return name.isPresent();
    };
  }

  private static Rule rows(List<String> names, long wanted) {
    return sized(names, 0, size -> size == wanted, false);
  }

  private static Rule upTo(List<String> names, long most) {
    return sized(names, 0, size -> size <= most, true);
  }

  private static Rule columns(String name, long wanted) {
    return sized(List.of(name), 1, size -> size == wanted, false);
  }

  /** The input of FLUX.1 has this many channels. */
  private static Rule input(long channels) {
    return sized(List.of("img_in.weight", "x_embedder.weight"), 1, c -> c == channels, false);
  }

  private static Rule sized(
      List<String> names, int dimension, Predicate<Long> size, boolean ifMissing) {
    return (tensors, found) -> {
      Optional<TensorEntry> entry =
          tensors.values().stream()
              .filter(
                  each ->
                      names.stream()
                          .anyMatch(
                              name -> each.name().equals(name) || each.name().endsWith("." + name)))
              .filter(each -> each.shape().size() == 2)
              .findFirst();
      if (entry.isEmpty()) {
        return ifMissing;
      }
      boolean fits = size.test(entry.get().shape().get(dimension));
      if (fits) {
        found.add("'%s' of shape %s".formatted(entry.get().name(), entry.get().shape()));
      }
      return fits;
    };
  }
}
