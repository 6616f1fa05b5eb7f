package dev.sdlora.testkit;

import dev.sdlora.testkit.StoredTensors.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Names and cuts the tensors of single files as diffusers does. */
final class DiffusersTensors {
  /** Levels of the small VAEs; a decoder's blocks are numbered from the other end. */
  private static final int LEVELS = 4;

  private static final List<Map.Entry<String, String>> FLUX2 =
      List.of(
          Map.entry("^double_blocks\\.", "transformer_blocks."),
          Map.entry("^single_blocks\\.(\\d+)\\.norm\\.", "single_transformer_blocks.$1.attn.norm."),
          Map.entry("^single_blocks\\.", "single_transformer_blocks."),
          Map.entry("\\.img_attn\\.", ".attn."),
          Map.entry("\\.txt_attn\\.norm\\.(query|key)_norm\\.scale$", ".attn.norm_added_$1.weight"),
          Map.entry("\\.norm\\.(query|key)_norm\\.scale$", ".norm_$1.weight"),
          Map.entry("norm_(added_)?query\\.", "norm_$1q."),
          Map.entry("norm_(added_)?key\\.", "norm_$1k."),
          Map.entry("\\.attn\\.proj\\.", ".attn.to_out.0."),
          Map.entry("\\.txt_attn\\.proj\\.", ".attn.to_add_out."),
          Map.entry("\\.img_mlp\\.0\\.", ".ff.linear_in."),
          Map.entry("\\.img_mlp\\.2\\.", ".ff.linear_out."),
          Map.entry("\\.txt_mlp\\.0\\.", ".ff_context.linear_in."),
          Map.entry("\\.txt_mlp\\.2\\.", ".ff_context.linear_out."),
          Map.entry("\\.linear1\\.", ".attn.to_qkv_mlp_proj."),
          Map.entry("\\.linear2\\.", ".attn.to_out."),
          Map.entry("^img_in\\.", "x_embedder."),
          Map.entry("^txt_in\\.", "context_embedder."),
          Map.entry("^time_in\\.in_layer\\.", "time_guidance_embed.timestep_embedder.linear_1."),
          Map.entry("^time_in\\.out_layer\\.", "time_guidance_embed.timestep_embedder.linear_2."),
          Map.entry("modulation(_img|_txt|)\\.lin\\.", "modulation$1.linear."),
          Map.entry("^final_layer\\.linear\\.", "proj_out."));

  /** Names of FLUX.1 and Chroma. */
  private static final List<Map.Entry<String, String>> FLUX1 =
      List.of(
          Map.entry("^double_blocks\\.", "transformer_blocks."),
          Map.entry("^single_blocks\\.(\\d+)\\.norm\\.", "single_transformer_blocks.$1.attn.norm."),
          Map.entry("^single_blocks\\.", "single_transformer_blocks."),
          Map.entry("\\.img_attn\\.", ".attn."),
          Map.entry("\\.txt_attn\\.norm\\.(query|key)_norm\\.scale$", ".attn.norm_added_$1.weight"),
          Map.entry("\\.norm\\.(query|key)_norm\\.scale$", ".norm_$1.weight"),
          Map.entry("norm_(added_)?query\\.", "norm_$1q."),
          Map.entry("norm_(added_)?key\\.", "norm_$1k."),
          Map.entry("\\.attn\\.proj\\.", ".attn.to_out.0."),
          Map.entry("\\.txt_attn\\.proj\\.", ".attn.to_add_out."),
          Map.entry("\\.img_mlp\\.0\\.", ".ff.net.0.proj."),
          Map.entry("\\.img_mlp\\.2\\.", ".ff.net.2."),
          Map.entry("\\.txt_mlp\\.0\\.", ".ff_context.net.0.proj."),
          Map.entry("\\.txt_mlp\\.2\\.", ".ff_context.net.2."),
          Map.entry("\\.img_mod\\.lin\\.", ".norm1.linear."),
          Map.entry("\\.txt_mod\\.lin\\.", ".norm1_context.linear."),
          Map.entry("\\.modulation\\.lin\\.", ".norm.linear."),
          Map.entry("\\.linear2\\.", ".proj_out."),
          Map.entry("^img_in\\.", "x_embedder."),
          Map.entry("^txt_in\\.", "context_embedder."),
          Map.entry("^time_in\\.", "time_text_embed.timestep_embedder."),
          Map.entry("^guidance_in\\.", "time_text_embed.guidance_embedder."),
          Map.entry("^vector_in\\.", "time_text_embed.text_embedder."),
          Map.entry("\\.in_layer\\.", ".linear_1."),
          Map.entry("\\.out_layer\\.", ".linear_2."),
          Map.entry("\\.norms\\.(\\d+)\\.scale$", ".norms.$1.weight"),
          Map.entry("^final_layer\\.linear\\.", "proj_out."));

  /** Names of Stable Diffusion 3. */
  private static final List<Map.Entry<String, String>> SD3 =
      List.of(
          Map.entry("^joint_blocks\\.", "transformer_blocks."),
          Map.entry("\\.x_block\\.adaLN_modulation\\.1\\.", ".norm1.linear."),
          Map.entry("\\.context_block\\.adaLN_modulation\\.1\\.", ".norm1_context.linear."),
          Map.entry("\\.context_block\\.attn\\.ln_(q|k)\\.", ".attn.norm_added_$1."),
          Map.entry("\\.context_block\\.attn\\.proj\\.", ".attn.to_add_out."),
          Map.entry("\\.ln_(q|k)\\.", ".norm_$1."),
          Map.entry("\\.x_block\\.(attn2?)\\.proj\\.", ".$1.to_out.0."),
          Map.entry("\\.x_block\\.mlp\\.fc1\\.", ".ff.net.0.proj."),
          Map.entry("\\.x_block\\.mlp\\.fc2\\.", ".ff.net.2."),
          Map.entry("\\.context_block\\.mlp\\.fc1\\.", ".ff_context.net.0.proj."),
          Map.entry("\\.context_block\\.mlp\\.fc2\\.", ".ff_context.net.2."),
          Map.entry("\\.(?:x|context)_block\\.", "."),
          Map.entry("^pos_embed$", "pos_embed.pos_embed"),
          Map.entry("^x_embedder\\.proj\\.", "pos_embed.proj."),
          Map.entry("^t_embedder\\.mlp\\.0\\.", "time_text_embed.timestep_embedder.linear_1."),
          Map.entry("^t_embedder\\.mlp\\.2\\.", "time_text_embed.timestep_embedder.linear_2."),
          Map.entry("^y_embedder\\.mlp\\.0\\.", "time_text_embed.text_embedder.linear_1."),
          Map.entry("^y_embedder\\.mlp\\.2\\.", "time_text_embed.text_embedder.linear_2."),
          Map.entry("^final_layer\\.linear\\.", "proj_out."),
          Map.entry("^final_layer\\.adaLN_modulation\\.1\\.", "norm_out.linear."));

  /** The parts of the first layer in a single block of FLUX.1: three, and four for the MLP. */
  private static final int LINEAR1_PARTS = 7;

  private static final List<Map.Entry<String, String>> Z_IMAGE =
      List.of(
          Map.entry("\\.attention\\.out\\.", ".attention.to_out.0."),
          Map.entry("\\.(q|k)_norm\\.", ".norm_$1."),
          Map.entry("^x_embedder\\.", "all_x_embedder.2-1."),
          Map.entry("^final_layer\\.", "all_final_layer.2-1."));

  private static final List<Map.Entry<String, String>> VAE =
      List.of(
          Map.entry("^(encoder|decoder)\\.((post_)?quant_conv)", "$2"),
          Map.entry("\\.(down|up)\\.(\\d)\\.block\\.", ".$1_blocks.$2.resnets."),
          Map.entry("\\.(down|up)\\.(\\d)\\.(\\w+sample)\\.", ".$1_blocks.$2.$3rs.0."),
          Map.entry("\\.mid\\.block_1\\.", ".mid_block.resnets.0."),
          Map.entry("\\.mid\\.block_2\\.", ".mid_block.resnets.1."),
          Map.entry("\\.mid\\.attn_1\\.norm\\.", ".mid_block.attentions.0.group_norm."),
          Map.entry("\\.mid\\.attn_1\\.proj_out\\.", ".mid_block.attentions.0.to_out.0."),
          Map.entry("\\.mid\\.attn_1\\.", ".mid_block.attentions.0.to_"),
          Map.entry("\\.nin_shortcut\\.", ".conv_shortcut."),
          Map.entry("coder\\.norm_out\\.", "coder.conv_norm_out."));

  private DiffusersTensors() {}

  /** Returns the tensors of a FLUX.2 transformer with the names of Black Forest Labs. */
  static StoredTensors flux2(StoredTensors file) {
    return file.each(
        tensor -> {
          String name = tensor.name();
          if (name.startsWith("final_layer.adaLN_modulation.1.")) {
            return Stream.of(tensor.halvesSwapped("norm_out.linear.weight"));
          }
          String block = renamed(name, FLUX2);
          if (name.contains(".img_attn.qkv.")) {
            return cut(tensor, block, "qkv", List.of("to_q", "to_k", "to_v"));
          }
          return name.contains(".txt_attn.qkv.")
              ? cut(
                  tensor,
                  block.replace("txt_attn", "attn"),
                  "qkv",
                  List.of("add_q_proj", "add_k_proj", "add_v_proj"))
              : Stream.of(tensor.named(block));
        });
  }

  /** Returns the tensors of a transformer of FLUX.1 or Chroma with the names of its authors. */
  static StoredTensors flux1(StoredTensors file) {
    return file.each(
        tensor -> {
          String name = tensor.name();
          if (name.startsWith("final_layer.adaLN_modulation.1.")) {
            return Stream.of(
                tensor.halvesSwapped(
                    name.replace("final_layer.adaLN_modulation.1", "norm_out.linear")));
          }
          String block = renamed(name, FLUX1);
          if (name.contains(".linear1.")) {
            String attention = block.replace(".linear1.", ".attn.qkv.");
            List<String> parts = List.of("to_q", "to_k", "to_v");
            return Stream.concat(
                IntStream.range(0, parts.size())
                    .mapToObj(
                        i -> tensor.rows(attention.replace("qkv", parts.get(i)), i, LINEAR1_PARTS)),
                Stream.of(
                    tensor.rows(
                        block.replace(".linear1.", ".proj_mlp."),
                        parts.size(),
                        LINEAR1_PARTS,
                        LINEAR1_PARTS)));
          }
          if (name.contains(".img_attn.qkv.")) {
            return cut(tensor, block, "qkv", List.of("to_q", "to_k", "to_v"));
          }
          return name.contains(".txt_attn.qkv.")
              ? cut(
                  tensor,
                  block.replace("txt_attn", "attn"),
                  "qkv",
                  List.of("add_q_proj", "add_k_proj", "add_v_proj"))
              : Stream.of(tensor.named(block));
        });
  }

  /**
   * Returns the tensors of a transformer of Stable Diffusion 3 with the names of Stability AI.
   *
   * @param blocks the number of its blocks; the last has another order of its text's modulation
   */
  static StoredTensors sd3(StoredTensors file, int blocks) {
    String last = "joint_blocks." + (blocks - 1) + ".context_block.adaLN_modulation.";
    return file.each(
        tensor -> {
          String name = renamed(tensor.name(), SD3);
          if (tensor.name().startsWith("final_layer.adaLN_modulation.")
              || tensor.name().startsWith(last)) {
            return Stream.of(tensor.halvesSwapped(name));
          }
          if (!name.contains(".qkv.")) {
            return Stream.of(tensor.named(name));
          }
          return tensor.name().contains(".context_block.")
              ? cut(tensor, name, "qkv", List.of("add_q_proj", "add_k_proj", "add_v_proj"))
              : cut(tensor, name, "qkv", List.of("to_q", "to_k", "to_v"));
        });
  }

  /** Returns the tensors of a Z-Image transformer with the names of ComfyUI. */
  static StoredTensors zImage(StoredTensors file) {
    return file.each(
        tensor ->
            tensor.name().contains(".qkv.")
                ? cut(tensor, tensor.name(), "qkv", List.of("to_q", "to_k", "to_v"))
                : Stream.of(tensor.named(renamed(tensor.name(), Z_IMAGE))));
  }

  /** Returns the tensors of a VAE with the names of LDM. */
  static StoredTensors vae(StoredTensors file) {
    return file.each(
        tensor -> {
          String name = renamed(tensor.name(), VAE);
          for (int level = 0; level < LEVELS; level++) {
            if (tensor.name().startsWith("decoder.up." + level)) {
              name = name.replace("up_blocks." + level, "up_blocks." + (LEVELS - 1 - level));
              break;
            }
          }
          return Stream.of(
              name.contains(".attentions.") ? tensor.matrix(name) : tensor.named(name));
        });
  }

  private static Stream<Tensor> cut(Tensor tensor, String name, String whole, List<String> parts) {
    return IntStream.range(0, parts.size())
        .mapToObj(i -> tensor.rows(name.replace(whole, parts.get(i)), i, parts.size()));
  }

  private static String renamed(String name, List<Map.Entry<String, String>> rules) {
    String renamed = name;
    for (Map.Entry<String, String> rule : rules) {
      renamed = renamed.replaceAll(rule.getKey(), rule.getValue());
    }
    return renamed;
  }
}
