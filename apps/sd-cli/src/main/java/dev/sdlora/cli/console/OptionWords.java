package dev.sdlora.cli.console;

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
          .phrase("(the first pass of hires fix .*? at )denoisingStrength", "$1--hires-strength")
          .phrase("(use more steps or a smaller )denoisingStrength$", "$1denoising strength")
          .setting("cacheBranchId", "--cache-branch-id")
          .setting("cacheInterval", "--cache-interval")
          .setting("cfgScale", "--cfg")
          .setting("clipSkip", "--clip-skip")
          .setting("commaBacktrack", "--comma-backtracking")
          .setting("controlUnits are given", "--control is given")
          .setting("denoisingStrength", "--strength")
          .setting("detailPasses are given", "--detail is given")
          .setting("distilledGuidance", "--distilled-cfg")
          .setting("everySteps of samples", "--sample-every")
          .setting("finalDecoder", "--final-decoder")
          .setting("fixSteps", "--fix-steps")
          .setting("hiresFix", "--hires")
          .setting("imagePrompts are given", "--image-prompt is given")
          .setting("imageToImage", "--init")
          .setting("loraMode", "--lora-mode")
          .setting("predictionType", "--prediction-type")
          .setting("priorPreservation", "--class-prompt")
          .setting("referenceImages are given", "--reference is given")
          .setting("refinerSwitch", "--refiner-switch-at")
          .setting("resizeMode", "--resize-mode")
          .setting("sigmaMax", "--sigma-max")
          .setting("sigmaMin", "--sigma-min")
          .setting("skipLayerEnd", "--skip-layer-end")
          .setting("skipLayerStart", "--skip-layer-start")
          .setting("skipLayers", "--skip-layers")
          .setting("tokenMergingMaxDownsample", "--token-merging-max-downsample")
          .setting("tokenMergingRatio", "--token-merging-ratio")
          .setting("variationStrength", "--variation-strength")
          .setting("zeroTerminalSnr", "--zero-terminal-snr");

  private OptionWords() {}

  /** Returns a sentence of the library in the words of the command line. */
  public static String in(String sentence) {
    return WORDS.in(sentence);
  }

  /** Returns sentences of the library in the words of the command line. */
  public static List<String> in(List<String> sentences) {
    return sentences.stream().map(WORDS::in).toList();
  }
}
