package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.file.TensorView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of OpenCLIP's text encoders, which single files of SD 2.x and SDXL use. OpenCLIP keeps
 * the projections of query, key and value in one matrix, and multiplies by its text projection from
 * the other side; here each is a view of the file's tensor.
 */
final class OpenClipNames {
  private static final Pattern LAYER =
      Pattern.compile("text_model\\.encoder\\.layers\\.(\\d+)\\.(.+)\\.(weight|bias)");

  private static final String TRANSPOSED = "[transposed]";

  private static final List<String> FUSED = List.of("q_proj", "k_proj", "v_proj");

  private static final Map<String, String> PARTS =
      Map.of(
          "layer_norm1", "ln_1.",
          "layer_norm2", "ln_2.",
          "self_attn.out_proj", "attn.out_proj.",
          "mlp.fc1", "mlp.c_fc.",
          "mlp.fc2", "mlp.c_proj.",
          "self_attn.q_proj", "attn.in_proj_",
          "self_attn.k_proj", "attn.in_proj_",
          "self_attn.v_proj", "attn.in_proj_");

  private static final Map<String, String> FIXED =
      Map.of(
          "text_model.embeddings.token_embedding.weight", "token_embedding.weight",
          "text_model.embeddings.position_embedding.weight", "positional_embedding",
          "text_model.final_layer_norm.weight", "ln_final.weight",
          "text_model.final_layer_norm.bias", "ln_final.bias",
          "text_projection.weight", "text_projection" + TRANSPOSED);

  private OpenClipNames() {}

  /** Names behind a prefix, in a file {@linkplain #withParts with its views}. */
  static Names names(String prefix) {
    return name -> prefix + inFile(name);
  }

  private static String inFile(String name) {
    Matcher layer = LAYER.matcher(name);
    if (!layer.matches()) {
      return FIXED.getOrDefault(name, name);
    }
    String part = layer.group(2);
    String row = "transformer.resblocks." + layer.group(1) + ".";
    String known = PARTS.get(part);
    if (known == null) {
      return row + part + "." + layer.group(3);
    }
    String projection = part.substring(part.indexOf('.') + 1);
    String piece = FUSED.contains(projection) ? "[" + projection + "]" : "";
    return row + known + layer.group(3) + piece;
  }

  /** What matches the names of layers in a file, the number first. */
  static Pattern layers(String prefix) {
    return Pattern.compile(Pattern.quote(prefix) + "transformer\\.resblocks\\.(\\d+)\\.");
  }

  /** The shapes of the tensors of a file that hold weights, for one that is to be written. */
  static Map<String, List<Long>> stored(String prefix, Map<String, List<Long>> weights) {
    Map<String, List<Long>> stored = new LinkedHashMap<>();
    weights.forEach(
        (name, shape) -> {
          String view = inFile(name);
          int bracket = view.indexOf('[');
          List<Long> own = new ArrayList<>(shape);
          if (view.endsWith(TRANSPOSED)) {
            Collections.reverse(own);
          } else if (bracket >= 0) {
            own.set(0, FUSED.size() * shape.get(0));
          }
          stored.put(prefix + (bracket < 0 ? view : view.substring(0, bracket)), own);
        });
    return stored;
  }

  /** The file with the parts of fused tensors under names of their own. */
  static TensorFile withParts(TensorFile file, String prefix) {
    Pattern fused =
        Pattern.compile(
            Pattern.quote(prefix)
                + "transformer\\.resblocks\\.\\d+\\.attn\\.in_proj_(weight|bias)");
    List<TensorView> views = new ArrayList<>();
    for (TensorEntry entry : file.tensors().values()) {
      if (fused.matcher(entry.name()).matches()) {
        views.addAll(thirds(file, entry));
      } else if (entry.name().equals(prefix + "text_projection") && entry.shape().size() == 2) {
        views.add(TensorView.transposed(file, entry, entry.name() + TRANSPOSED));
      }
    }
    return file.with(views);
  }

  private static List<TensorView> thirds(TensorFile file, TensorEntry entry) {
    List<TensorView> views = new ArrayList<>();
    long rows = entry.shape().isEmpty() ? 0 : entry.shape().get(0) / FUSED.size();
    for (int i = 0; i < FUSED.size() && rows > 0; i++) {
      views.add(
          TensorView.rows(file, entry, entry.name() + "[" + FUSED.get(i) + "]", i * rows, rows));
    }
    return views;
  }
}
