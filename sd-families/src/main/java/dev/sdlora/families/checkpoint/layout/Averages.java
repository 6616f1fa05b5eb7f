package dev.sdlora.families.checkpoint.layout;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.file.TensorView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The moving averages (EMA) of a U-Net's weights that the CompVis trainer keeps in single files.
 * Their names have all dots removed: {@code model_ema.diffusion_modelinput_blocks00weight} is the
 * average of {@code model.diffusion_model.input_blocks.0.0.weight}.
 */
public final class Averages {
  private static final String PREFIX = "model_ema.diffusion_model";

  /** The words in the names; if one word is a prefix of another, the longer one comes first. */
  private static final Pattern WORD =
      Pattern.compile(
          "input_blocks|output_blocks|middle_block|transformer_blocks|skip_connection|in_layers"
              + "|out_layers|emb_layers|time_embed|cond_proj|label_emb|proj_in|proj_out|to_out|to_q"
              + "|to_k|to_v|attn1|attn2|norm1|norm2|norm3|norm|net|ff|proj|op|conv|out|weight|bias"
              + "|\\d+");

  private Averages() {}

  /**
   * Returns the file with the averages in place of the U-Net's last weights.
   *
   * @param wanted whether to use the averages if the file also has the last weights; if it has only
   *     averages, they are always used
   */
  public static TensorFile of(TensorFile file, boolean wanted) {
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

  /**
   * Returns the name of the weight that a tensor is the average of; empty if it is not an average.
   */
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
   * Splits a run of digits into numbers. Only block and embedding names have two numbers, and the
   * second always has one digit.
   */
  private static List<String> numbers(String before, String digits) {
    boolean two = before.endsWith("put_blocks") || before.equals("label_emb");
    int last = digits.length() - 1;
    return two && last > 0
        ? List.of(digits.substring(0, last), digits.substring(last))
        : List.of(digits);
  }
}
