package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.file.TensorView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The averages of a U-Net's weights that CompVis' trainer keeps in single files ("EMA"). It takes
 * all full stops out of their names: {@code model_ema.diffusion_modelinput_blocks00weight} is the
 * average of {@code model.diffusion_model.input_blocks.0.0.weight}.
 */
final class Averages {
  private static final String PREFIX = "model_ema.diffusion_model";

  /** The words of the names; of two that begin alike the longer comes first. */
  private static final Pattern WORD =
      Pattern.compile(
          "input_blocks|output_blocks|middle_block|transformer_blocks|skip_connection|in_layers"
              + "|out_layers|emb_layers|time_embed|cond_proj|label_emb|proj_in|proj_out|to_out|to_q"
              + "|to_k|to_v|attn1|attn2|norm1|norm2|norm3|norm|net|ff|proj|op|conv|out|weight|bias"
              + "|\\d+");

  private Averages() {}

  /**
   * A file whose U-Net is the average.
   *
   * @param wanted whether it is wanted where the file has the last weights too; where it has only
   *     averages, these are taken in any case
   */
  static TensorFile of(TensorFile file, boolean wanted) {
    boolean last =
        file.tensors().keySet().stream().anyMatch(name -> name.startsWith(LdmNames.UNET));
    if (last && !wanted) {
      return file;
    }
    List<TensorView> views = new ArrayList<>();
    for (TensorEntry entry : file.tensors().values()) {
      name(entry.name()).ifPresent(name -> views.add(TensorView.named(file, entry, name)));
    }
    return file.with(views);
  }

  /** The name of the weight that a tensor is the average of; empty if it is none. */
  static Optional<String> name(String average) {
    if (!average.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String rest = average.substring(PREFIX.length());
    Matcher word = WORD.matcher(rest);
    List<String> parts = new ArrayList<>();
    String before = "";
    int end = 0;
    while (word.find() && word.start() == end) {
      String part = word.group();
      if (Character.isDigit(part.charAt(0))) {
        parts.addAll(numbers(before, part));
      } else {
        parts.add(part);
      }
      before = part;
      end = word.end();
    }
    return end == rest.length() && end > 0
        ? Optional.of(LdmNames.UNET + String.join(".", parts))
        : Optional.empty();
  }

  /**
   * Which numbers stand in a row of digits; only blocks and embeddings have two, the second short.
   */
  private static List<String> numbers(String before, String digits) {
    boolean two = before.endsWith("put_blocks") || before.equals("label_emb");
    int last = digits.length() - 1;
    return two && last > 0
        ? List.of(digits.substring(0, last), digits.substring(last))
        : List.of(digits);
  }
}
