package dev.sdlora.families.checkpoint.layout;

import dev.sdlora.tensors.entry.TensorEntry;
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
 * The tensor names of OpenCLIP's text encoders, used in single files of SD 2.x and SDXL. OpenCLIP
 * fuses the query, key and value projections into one matrix and stores the text projection
 * transposed; here each of them is a view of the file's tensor.
 */
public final class OpenClipNames {
  /** Suffix of the transposed view of a projection. */
  public static final String TRANSPOSED = "[transposed]";

  private static final Pattern LAYER =
      Pattern.compile("text_model\\.encoder\\.layers\\.(\\d+)\\.(.+)\\.(weight|bias)");

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

  /** Returns the name of the stored tensor behind a tensor or a view of one. */
  public static String stored(String name) {
    int bracket = name.endsWith("]") ? name.lastIndexOf('[') : -1;
    return bracket < 0 ? name : name.substring(0, bracket);
  }

  /** Whether a tensor with this name is the transposed view of a stored one. */
  public static boolean isTransposed(String name) {
    return name.endsWith(TRANSPOSED);
  }

  /** Returns the names, with a prefix, in a file {@linkplain #withParts that has the views}. */
  public static Names names(String prefix) {
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

  /** Returns a pattern for the names of layers in a file; its first group is the number. */
  public static Pattern layers(String prefix) {
    return Pattern.compile(Pattern.quote(prefix) + "transformer\\.resblocks\\.(\\d+)\\.");
  }

  /** Returns the shapes of the stored tensors that hold these weights, for writing a file. */
  public static Map<String, List<Long>> stored(String prefix, Map<String, List<Long>> weights) {
    Map<String, List<Long>> stored = new LinkedHashMap<>();
    weights.forEach(
        (name, shape) -> {
          String view = inFile(name);
          String whole = stored(view);
          List<Long> own = new ArrayList<>(shape);
          if (isTransposed(view)) {
            Collections.reverse(own);
          } else if (!whole.equals(view)) {
            own.set(0, FUSED.size() * shape.get(0));
          }
          stored.put(prefix + whole, own);
        });
    return stored;
  }

  /** Returns the file with named views of the parts of fused tensors. */
  public static TensorFile withParts(TensorFile file, String prefix) {
    Pattern fused =
        Pattern.compile(
            Pattern.quote(prefix)
                + "transformer\\.resblocks\\.\\d+\\.attn\\.in_proj_(weight|bias)");
    List<String> projections = List.of(prefix + "text_projection", prefix + "proj");
    List<TensorView> views = new ArrayList<>();
    for (TensorEntry entry : file.tensors().values()) {
      if (fused.matcher(entry.name()).matches()) {
        views.addAll(thirds(file, entry));
      } else if (projections.contains(entry.name()) && entry.shape().size() == 2) {
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
