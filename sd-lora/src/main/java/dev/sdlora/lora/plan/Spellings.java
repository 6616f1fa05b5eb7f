package dev.sdlora.lora.plan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names, with dots, that programs use for a module, by its diffusers name. */
final class Spellings {
  private static final Pattern PROJECTION = Pattern.compile("(.+)\\.to_(q|k|v|out)(?:\\.0)?");

  /**
   * The upsampler at the end of an up level, which follows either a transformer or a residual
   * block.
   */
  private static final Pattern UPSAMPLER = Pattern.compile("(output_blocks\\.\\d+)\\.[12]\\.conv");

  /** The names of the text encoder's projections in old diffusers files, by their current names. */
  private static final Map<String, String> TEXT_PROJECTIONS =
      Map.of(
          ".q_proj", ".to_q",
          ".k_proj", ".to_k",
          ".v_proj", ".to_v",
          ".out_proj", ".to_out");

  private static final String TEXT_MODEL = "text_model.";
  private static final String TRANSFORMER = "transformer.";

  private Spellings() {}

  /**
   * The names of a U-Net's module.
   *
   * @param sgm the names of modules in CompVis's code
   */
  static Set<String> unet(String module, Map<String, String> sgm) {
    List<String> names = new ArrayList<>(List.of(module));
    String original = sgm.get(module);
    if (original != null) {
      names.add(original);
      // OneTrainer numbers upsamplers as if every level had transformers.
      Matcher upsampler = UPSAMPLER.matcher(original);
      if (upsampler.matches()) {
        names.add(upsampler.group(1) + ".1.conv");
        names.add(upsampler.group(1) + ".2.conv");
      }
    }
    for (String name : List.copyOf(names)) {
      Matcher projection = PROJECTION.matcher(name);
      if (projection.matches()) {
        String attention = projection.group(1);
        String part = ".to_" + projection.group(2);
        names.add(attention + part);
        names.add(attention + ".processor" + part);
        names.add(attention + ".processor" + name.substring(attention.length()));
      }
    }
    return new LinkedHashSet<>(names);
  }

  /** The names of a text encoder's module in diffusers and transformers. */
  static Set<String> text(String module) {
    List<String> names = new ArrayList<>(List.of(module));
    TEXT_PROJECTIONS.forEach(
        (now, old) -> {
          if (module.endsWith(now)) {
            names.add(module.substring(0, module.length() - now.length()) + old);
          }
        });
    for (String name : List.copyOf(names)) {
      // Newer versions of transformers omit this part of the name.
      names.add(
          name.startsWith(TEXT_MODEL) ? name.substring(TEXT_MODEL.length()) : TEXT_MODEL + name);
    }
    return new LinkedHashSet<>(names);
  }

  /**
   * OpenCLIP's name and its variants: without the leading {@code transformer.}, and with {@code
   * _weight} for the fused projections, which are a parameter in OpenCLIP.
   */
  static Set<String> openClip(String name) {
    List<String> names = new ArrayList<>(List.of(name));
    if (name.startsWith(TRANSFORMER)) {
      names.add(name.substring(TRANSFORMER.length()));
    }
    if (name.endsWith(OpenClipNames.FUSED)) {
      List.copyOf(names).forEach(own -> names.add(own + "_weight"));
    }
    return new LinkedHashSet<>(names);
  }
}
