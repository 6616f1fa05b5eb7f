package dev.sdlora.cli.console;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Translates the words of the library to those of the command line: errors and warnings name
 * settings and methods of Java, and users of the terminal know options. Everything that commands
 * print to standard error about a request passes through here.
 */
public final class OptionWords {
  private record Word(Pattern library, String terminal) {}

  /** What is said differently, the longest first: a later rule sees the result of earlier ones. */
  private static final List<Word> WORDS =
      List.of(
          word("addTriggerWords\\(true\\) or (?=--)", ""),
          word("fewSteps\\(FewSteps\\.\\w+, \\w+\\) or (?=--)", ""),
          word("Preprocessor\\.withDirectory, Pipeline\\.Builder\\.preprocessorDirectory or ", ""),
          word("Pipeline\\.Builder\\.\\w+ or (?=--)", ""),
          word(
              "the pipeline has no detectors; add one with"
                  + " Pipeline\\.builder\\(\\)\\.detector or detectorDirectory"
                  + " \\((--detector-dir)\\)",
              "there are no detectors; name a folder of them with $1"),
          word("Pipeline\\.builder\\(\\)\\.refiner\\(checkpoint\\)", "--refiner"),
          word("referenceImage \\((--reference)\\)", "$1"),
          word("open it with LoraAdapter\\.open", "give its file to --lora"),
          word("open (it|the folder) with Checkpoint\\.open", "use $1 with --checkpoint"),
          word(
              "the request has no masks; masks must be given with the request",
              "there are no masks; give them with --region"),
          word(
              "the request has (only '.*'); masks must be given with the request",
              "there is $1; give masks with --region"),
          word("(RequestLimits|PromptLimits)\\.\\w+ allows", "the limit is"),
          word(
              "the library dev\\.sdlora:([\\w-]+) is missing; add it as a dependency",
              "$1 is missing from this installation; add its jars to its folder 'lib'"),
          word("(the first pass of hires fix .*? at )denoisingStrength", "$1--hires-strength"),
          word("(use more steps or a smaller )denoisingStrength$", "$1denoising strength"),
          setting("cacheBranchId", "--cache-branch-id"),
          setting("cacheInterval", "--cache-interval"),
          setting("cfgScale", "--cfg"),
          setting("clipSkip", "--clip-skip"),
          setting("commaBacktrack", "--comma-backtracking"),
          setting("controlUnits are given", "--control is given"),
          setting("denoisingStrength", "--strength"),
          setting("detailPasses are given", "--detail is given"),
          setting("distilledGuidance", "--distilled-cfg"),
          setting("everySteps of samples", "--sample-every"),
          setting("finalDecoder", "--final-decoder"),
          setting("fixSteps", "--fix-steps"),
          setting("hiresFix", "--hires"),
          setting("imagePrompts are given", "--image-prompt is given"),
          setting("imageToImage", "--init"),
          setting("loraMode", "--lora-mode"),
          setting("predictionType", "--prediction-type"),
          setting("priorPreservation", "--class-prompt"),
          setting("referenceImages are given", "--reference is given"),
          setting("refinerSwitch", "--refiner-switch-at"),
          setting("resizeMode", "--resize-mode"),
          setting("sigmaMax", "--sigma-max"),
          setting("sigmaMin", "--sigma-min"),
          setting("skipLayerEnd", "--skip-layer-end"),
          setting("skipLayerStart", "--skip-layer-start"),
          setting("skipLayers", "--skip-layers"),
          setting("tokenMergingMaxDownsample", "--token-merging-max-downsample"),
          setting("tokenMergingRatio", "--token-merging-ratio"),
          setting("variationStrength", "--variation-strength"),
          setting("zeroTerminalSnr", "--zero-terminal-snr"));

  /** Matches a missing folder, to which the name of its option is added. */
  private static final Pattern NO_DIRECTORY =
      Pattern.compile(
          "\\bno (LoRA|embedding|hypernetwork|upscaler|wildcard) directory\\b(?! \\(--)");

  private OptionWords() {}

  private static Word word(String library, String terminal) {
    return new Word(Pattern.compile(library), terminal);
  }

  private static Word setting(String name, String option) {
    return new Word(
        Pattern.compile("(?<![\\w.'<:/\\\\-])" + name + "(?!\\.?\\w|['(])"),
        Matcher.quoteReplacement(option));
  }

  /** Returns a sentence of the library in the words of the command line. */
  public static String in(String sentence) {
    String said = sentence;
    for (Word word : WORDS) {
      said = word.library.matcher(said).replaceAll(word.terminal);
    }
    return NO_DIRECTORY
        .matcher(said)
        .replaceAll(
            none -> none.group() + " (--" + none.group(1).toLowerCase(Locale.ROOT) + "-dir)");
  }

  /** Returns the options that sentences may name, for tests. */
  static List<String> options() {
    return WORDS.stream()
        .map(Word::terminal)
        .flatMap(text -> Pattern.compile("--[a-z0-9-]+").matcher(text).results())
        .map(found -> found.group())
        .distinct()
        .toList();
  }
}
