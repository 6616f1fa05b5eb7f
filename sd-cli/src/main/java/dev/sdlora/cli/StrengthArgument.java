package dev.sdlora.cli;

import dev.sdlora.api.LoraAdapter;
import java.util.List;

/** Arguments such as {@code ink.safetensors=0.8}: a file and the strength that it counts at. */
final class StrengthArgument {
  static final String LABEL = "FILE[=STRENGTH[,UNET]]";
  static final String HELP =
      "LoRA files or names of bundled ones, each with its strength (default 1), or with one for the text encoder and one for"
          + " the U-Net.";

  private StrengthArgument() {}

  static List<LoraAdapter> open(List<String> arguments, Console console) {
    return arguments.stream().map(argument -> open(argument, console)).toList();
  }

  private static LoraAdapter open(String argument, Console console) {
    int equals = argument.lastIndexOf('=');
    if (equals < 0
        || argument.endsWith(".safetensors")
        || LoraReference.isWholeReference(argument)) {
      return LoraReference.open(argument, List.of(), console);
    }
    String[] strengths = argument.substring(equals + 1).split(",", -1);
    if (strengths.length > 2) {
      throw console.badUsage("expected " + LABEL + ": " + argument);
    }
    double text = number(strengths[0], argument, console);
    double unet = number(strengths[strengths.length - 1], argument, console);
    return LoraReference.open(argument.substring(0, equals), List.of(), console).toBuilder()
        .textEncoderStrength(text)
        .unetStrength(unet)
        .build();
  }

  private static double number(String text, String argument, Console console) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw console.badUsage(
          "'%s' is not a number; expected %s: %s".formatted(text, LABEL, argument));
    }
  }
}
