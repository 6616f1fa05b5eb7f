package dev.sdlora.lora.library;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraDetails;
import dev.sdlora.api.lora.LoraDetails.Module;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.lora.TriggerWord.Source;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Information about LoRAs from their headers and from the files next to them. Safe for use by
 * several threads.
 */
public final class LoraCards {
  private static final Pattern SLIDER = Pattern.compile("(?i)slider");

  private final LoraFiles files;
  private final Sidecars sidecars = new Sidecars();

  /** Creates cards of the LoRAs that these files open. */
  public LoraCards(LoraFiles files) {
    this.files = files;
  }

  /**
   * The kinds of a file's modules, most frequent first.
   *
   * @throws LoraException if the file can no longer be used; the message gives the reason
   */
  public List<String> kinds(LoraAdapter lora) {
    Summary summary = files.summary(lora.path());
    if (summary.adapter().isEmpty()) {
      throw new LoraException(summary.problem(), summary.reason(), ErrorDetails.in(lora.path()));
    }
    return summary.kinds();
  }

  /**
   * The trigger words of a LoRA, the most deliberate source first, each text once. Words that are
   * equally common in captions of unrelated images are left out.
   */
  public List<TriggerWord> triggerWords(LoraAdapter lora) {
    Summary summary = files.summary(lora.path());
    return words(lora, summary, tags(lora, summary).distinctive());
  }

  /**
   * The triggers of a LoRA. A LoRA for few steps or a slider LoRA has triggers only if somebody
   * wrote them down: the tag that all its captions share is unrelated to its effect.
   */
  public Triggers triggers(LoraAdapter lora) {
    Summary summary = files.summary(lora.path());
    Tags tags = tags(lora, summary);
    boolean isStyle =
        FewStepLora.of(lora.name(), lora.metadata(), lora.path()).isEmpty()
            && !SLIDER.matcher(lora.name() + " " + lora.alias().orElse("")).find();
    return Triggers.of(words(lora, summary, List.of()), isStyle ? tags.calling() : List.of());
  }

  /** The trigger words and all tags of the training images, including common ones. */
  public List<TriggerWord> trainedWith(LoraAdapter lora) {
    Summary summary = files.summary(lora.path());
    return words(lora, summary, tags(lora, summary).all());
  }

  /** The tags of a LoRA; read from its own metadata if its file has changed since it was listed. */
  private static Tags tags(LoraAdapter lora, Summary summary) {
    return summary
        .adapter()
        .filter(known -> known.metadata().equals(lora.metadata()))
        .map(known -> summary.tags().get())
        .orElseGet(() -> Tags.of(lora.metadata()));
  }

  private List<TriggerWord> words(
      LoraAdapter lora, Summary summary, List<TriggerWord> trainingTags) {
    List<TriggerWord> words = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Stream.of(
            words(summary.words(), Source.TRAINED_ALONG),
            words(sidecars.edited(lora.path()).phrases(), Source.ACTIVATION_TEXT),
            words(sidecars.downloaded(lora.path()).phrases(), Source.TRAINED_WORDS),
            words(
                TrainingFacts.text(lora.metadata(), "modelspec.trigger_phrase").stream().toList(),
                Source.TRIGGER_PHRASE),
            trainingTags)
        .flatMap(List::stream)
        .filter(word -> seen.add(word.text().toLowerCase(Locale.ROOT)))
        .forEach(words::add);
    return words;
  }

  private static List<TriggerWord> words(List<String> texts, Source source) {
    return texts.stream().map(text -> TriggerWord.of(text, source)).toList();
  }

  /** The notes about a LoRA other than trigger words. */
  Optional<String> notes(LoraAdapter lora) {
    return sidecars
        .edited(lora.path())
        .text()
        .or(() -> sidecars.downloaded(lora.path()).text())
        .or(() -> TrainingFacts.text(lora.metadata(), "modelspec.description"));
  }

  /**
   * All details of a LoRA.
   *
   * @throws LoraException if the file is missing or is no longer a LoRA
   * @throws dev.sdlora.api.error.TensorFileException if it is damaged
   */
  public LoraDetails details(LoraAdapter lora) {
    LoraFile file = files.open(lora.path());
    return new LoraDetails(
        file.file().fileSize(),
        modules(file),
        TrainingFacts.of(lora.metadata(), sidecars.downloaded(lora.path()).checkpoint()),
        triggerWords(lora),
        preferredWeight(lora),
        negativeText(lora),
        notes(lora),
        preview(lora));
  }

  /** The preferred strength set in A1111's metadata editor; never 0. */
  public OptionalDouble preferredWeight(LoraAdapter lora) {
    return sidecars
        .edited(lora.path())
        .weight()
        .map(OptionalDouble::of)
        .orElse(OptionalDouble.empty());
  }

  /** Reads the LoRA's description from A1111's metadata editor. */
  public Optional<String> description(LoraAdapter lora) {
    return sidecars.edited(lora.path()).description();
  }

  /** The preview image next to a file. */
  public static Optional<Path> preview(LoraAdapter lora) {
    return Sidecars.preview(lora.path());
  }

  /** The text for the negative prompt set in A1111's metadata editor. */
  public Optional<String> negativeText(LoraAdapter lora) {
    return sidecars.edited(lora.path()).negativeText();
  }

  /** Detects the base that a LoRA was trained on. Reads no tensor. */
  public Bases.Sign base(LoraAdapter lora) {
    return Bases.ofLora(lora.path(), lora.family(), lora.metadata(), sidecars);
  }

  /**
   * Detects the base that a checkpoint derives from. Reads 64 KB of it.
   *
   * @param path its file or folder
   */
  public Bases.Sign base(Path path, ModelFamily family) {
    return Bases.ofCheckpoint(path, family, sidecars);
  }

  /** The prediction type of the U-Net during the LoRA's training; empty if unknown. */
  public static Optional<PredictionType> predictionType(LoraAdapter lora) {
    return TrainingFacts.predictionType(lora.metadata());
  }

  private static List<Module> modules(LoraFile file) {
    try (TensorFile.Reader reader = file.file().reader()) {
      return file.modules().stream().map(module -> module(module, reader)).toList();
    }
  }

  private static Module module(LoraModule module, TensorFile.Reader reader) {
    OptionalDouble alpha =
        module
            .find(Part.ALPHA)
            .filter(entry -> entry.elements() == 1)
            .map(entry -> (double) reader.floats(entry)[0])
            .or(() -> module.configuredScale().map(scale -> scale * module.rank()))
            .map(OptionalDouble::of)
            .orElse(OptionalDouble.empty());
    return new Module(
        module.key(), ModelParts.of(module.key()), KindLabels.of(module), module.rank(), alpha);
  }

  /**
   * Writes a LoRA's preferred weight into the file of A1111's metadata editor next to it.
   *
   * @throws dev.sdlora.api.error.LoraException if an existing file cannot be parsed or the file
   *     cannot be written
   */
  public void writePreferredWeight(LoraAdapter lora, double weight) {
    Sidecars.write(lora.path(), Sidecars.PREFERRED_WEIGHT, weight);
  }
}
