package dev.sdlora.api.spi;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraDetails;
import dev.sdlora.api.LoraEffect;
import dev.sdlora.api.LoraHashes;
import dev.sdlora.api.TriggerWord;
import java.util.List;

/**
 * What can be found out about a LoRA beyond its header. The contracts are those of the methods of
 * {@link LoraAdapter} with the same names.
 */
public interface LoraKnowledge {

  /** Behind {@link LoraAdapter#kinds()}. */
  List<String> kinds(LoraAdapter lora);

  /** Behind {@link LoraAdapter#triggerWords()}. */
  List<TriggerWord> triggerWords(LoraAdapter lora);

  /** Behind {@link LoraAdapter#details()}. */
  LoraDetails details(LoraAdapter lora);

  /** Behind {@link LoraAdapter#hashes()}. */
  LoraHashes hashes(LoraAdapter lora);

  /** Behind {@link LoraAdapter#effectOn(Checkpoint)}. */
  LoraEffect effectOn(LoraAdapter lora, Checkpoint checkpoint);
}
