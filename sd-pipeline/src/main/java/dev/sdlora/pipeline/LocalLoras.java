package dev.sdlora.pipeline;

import dev.sdlora.api.Backend;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraDetails;
import dev.sdlora.api.LoraEffect;
import dev.sdlora.api.LoraHashes;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.TriggerWord;
import dev.sdlora.lora.effect.EffectMeter;
import dev.sdlora.lora.library.FolderLibrary;
import dev.sdlora.lora.library.LoraCards;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Match;
import dev.sdlora.lora.plan.PatchPlan.Matched;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What can be found out about LoRA files. Made by {@link java.util.ServiceLoader}. */
public final class LocalLoras implements Backend.Loras {
  private final LoraFiles files = KnownFiles.LORAS;
  private final LoraCards cards = KnownFiles.LORA_CARDS;

  @Override
  public LoraAdapter open(Path path) {
    return LoraFiles.adapter(files.open(path));
  }

  @Override
  public LoraLibrary openLibrary(List<Path> folders) {
    return new FolderLibrary(files, cards, folders);
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
  public LoraDetails details(LoraAdapter lora) {
    return cards.details(lora);
  }

  @Override
  public LoraHashes hashes(LoraAdapter lora) {
    return files.hashes(lora.path());
  }

  @Override
  public LoraEffect effectOn(LoraAdapter lora, Checkpoint checkpoint) {
    ModelFiles model = CheckpointReader.read(checkpoint);
    Map<Network, Map<String, Origin>> weights = model.patchable();
    Matched matched =
        PatchPlan.match(
            new ModuleIndex(shapes(weights)),
            model.checkpoint().name(),
            model.checkpoint().family(),
            List.of(new LoraUse(lora.name(), files.open(lora.path()), lora.strength()).peak()));
    Match match = matched.matches().get(0);
    try (Torch torch = Torch.open("cpu")) {
      return new LoraEffect(
          lora,
          model.checkpoint(),
          match.matched(),
          match.unmatched(),
          new EffectMeter(torch, new TensorLoader(torch)).measure(matched.plan(), weights));
    }
  }

  @Override
  public void writePreferredWeight(LoraAdapter lora, double weight) {
    cards.writePreferredWeight(lora, weight);
  }

  private static Map<Network, Map<String, List<Long>>> shapes(
      Map<Network, Map<String, Origin>> weights) {
    Map<Network, Map<String, List<Long>>> shapes = new LinkedHashMap<>();
    weights.forEach(
        (network, origins) -> {
          Map<String, List<Long>> ofNetwork = new LinkedHashMap<>();
          origins.forEach((name, origin) -> ofNetwork.put(name, origin.shape()));
          shapes.put(network, ofNetwork);
        });
    return shapes;
  }
}
