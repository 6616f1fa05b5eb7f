package dev.sdlora.cli.console;

import static dev.sdlora.api.setting.Door.COMMAND_LINE;

import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.SettingWords;
import dev.sdlora.api.value.Wording;
import java.util.List;

/**
 * Translates the words of the library to those of the command line: errors and warnings name
 * settings and methods of Java, and users of the terminal know options. Everything that commands
 * print about a request passes through here.
 */
public final class OptionWords {
  /** The rules of the terminal, the longest first. */
  static final Wording WORDS =
      withSettings(
          Wording.PROGRAMS
              .phrase("addTriggerWords\\(true\\) or (?=--)", "")
              .phrase("fewSteps\\(FewSteps\\.\\w+, \\w+\\) or (?=--)", "")
              .phrase("referenceImage \\((--reference)\\)", "$1")
              .phrase("open it with LoraAdapter\\.open", "give its file to --lora")
              .phrase("open (it|the folder) with Checkpoint\\.open", "use $1 with --checkpoint")
              .phrase(
                  "the request has no masks; masks must be given with the request",
                  "there are no masks; give them with --region")
              .phrase(
                  "the request has (only '.*'); masks must be given with the request",
                  "there is $1; give masks with --region")
              .phrase(
                  "(the first pass of hires fix .*? at )denoisingStrength", "$1--hires-strength")
              .phrase("(use more steps or a smaller )denoisingStrength$", "$1denoising strength")
              .setting("commaBacktrack", "--comma-backtracking")
              .setting("everySteps of samples", "--sample-every")
              .setting("predictionType", "--prediction-type")
              .setting("priorPreservation", "--class-prompt")
              .setting("variationStrength", "--variation-strength"));

  private OptionWords() {}

  private static Wording withSettings(Wording wording) {
    Wording all = wording;
    for (Setting<?, ?, ?> setting : SettingWords.of(COMMAND_LINE)) {
      String option = setting.name(COMMAND_LINE);
      all = all.setting(setting.name() + " are given", option + " is given");
      all = all.setting(setting.name(), option);
    }
    return all;
  }

  /** Returns a message of the library in the words of the command line. */
  public static String in(String message) {
    return WORDS.in(message);
  }

  /** Returns messages of the library in the words of the command line. */
  public static List<String> in(List<String> messages) {
    return messages.stream().map(WORDS::in).toList();
  }
}
