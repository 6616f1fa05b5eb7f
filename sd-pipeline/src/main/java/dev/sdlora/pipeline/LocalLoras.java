package dev.sdlora.pipeline;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.lora.LoraConflicts;
import dev.sdlora.api.lora.LoraDetails;
import dev.sdlora.api.lora.LoraEffect;
import dev.sdlora.api.lora.LoraFit;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.lora.library.FolderLibrary;
import dev.sdlora.lora.library.LoraCards;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.pipeline.fit.FitCheck;
import dev.sdlora.pipeline.lora.LoraTexts;
import dev.sdlora.pipeline.model.FileCaches;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Inspects LoRA files. Created by {@link java.util.ServiceLoader}. */
public final class LocalLoras implements Backend.Loras {
  private final LoraFiles files = FileCaches.LORAS;
  private final LoraCards cards = FileCaches.LORA_CARDS;
  private final FitCheck fits = new FitCheck(files, cards);

  @Override
  public LoraAdapter open(Path path) {
    return LoraFiles.adapter(files.open(path));
  }

  @Override
  public LoraLibrary openLibrary(List<Path> folders) {
    return FolderLibrary.open(files, cards, folders);
  }

  @Override
  public List<String> kinds(LoraAdapter lora) {
    return cards.kinds(lora);
  }

  @Override
  public List<TriggerWord> triggerWords(LoraAdapter lora) {
    return cards.triggerWords(lora);
  }

  @Override
  public OptionalDouble preferredWeight(LoraAdapter lora) {
    return cards.preferredWeight(lora);
  }

  @Override
  public Optional<String> description(LoraAdapter lora) {
    return cards.description(lora);
  }

  @Override
  public Optional<Path> preview(LoraAdapter lora) {
    return LoraCards.preview(lora);
  }

  @Override
  public String tag(LoraAdapter lora, String prompt) {
    return LoraTexts.of(lora, cards).tag(lora, prompt);
  }

  @Override
  public Optional<String> negativeText(LoraAdapter lora, String negativePrompt) {
    return LoraTexts.of(lora, cards).missingNegative(negativePrompt);
  }

  @Override
  public LoraDetails details(LoraAdapter lora) {
    return cards.details(lora);
  }

  @Override
  public String sha256(LoraAdapter lora) {
    return files.sha256(lora.path());
  }

  @Override
  public String autoV3(LoraAdapter lora) {
    return files.hash(lora.path());
  }

  @Override
  public LoraEffect effectOn(LoraAdapter lora, Checkpoint checkpoint) {
    return fits.effect(lora, checkpoint);
  }

  @Override
  public LoraFit fitOn(LoraAdapter lora, Checkpoint checkpoint) {
    return fits.fit(lora, checkpoint);
  }

  @Override
  public LoraConflicts conflicts(List<LoraAdapter> loras, Checkpoint checkpoint) {
    return fits.conflicts(loras, checkpoint);
  }

  @Override
  public void writePreferredWeight(LoraAdapter lora, double weight) {
    cards.writePreferredWeight(lora, weight);
  }
}
