package dev.sdlora.api.prompt;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.value.Decimals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finishes what somebody is typing into a prompt: names of LoRAs behind {@code <lora:}, elsewhere
 * names of embeddings and the trigger words of the LoRAs that the prompt names. Names are looked up
 * at each call, so that new files count at once.
 *
 * @param loras where LoRAs are looked for
 * @param embeddings gives the names of embeddings
 * @param family of the checkpoint that is drawn with: LoRAs that were trained for it come first,
 *     then those that do not say, then the others; empty to leave the order of names
 */
public record PromptCompleter(
    LoraLibrary loras, Supplier<List<String>> embeddings, Optional<ModelFamily> family) {
  /** The beginning of a tag, also of one that is not quite one yet, and of the name. */
  private static final Pattern TAG =
      Pattern.compile("<\\s*+(lora|lyco)\\s*+:\\s*+([^:<>\\n]*+)\\z", Pattern.CASE_INSENSITIVE);

  /** The end of a name behind the cursor, and of the tag if it has one. */
  private static final Pattern REST = Pattern.compile("^([^:<>,\\n]*+)(?:(:[^<>\\n]*+)?>)?");

  /**
   * Refuses null.
   *
   * @param loras is listed at each call that needs names of LoRAs
   * @param embeddings is called by each call that needs names of embeddings
   * @param family {@link Checkpoint#family()}, or empty
   */
  public PromptCompleter {
    Objects.requireNonNull(loras, "loras");
    Objects.requireNonNull(embeddings, "embeddings");
    Objects.requireNonNull(family, "family");
  }

  /**
   * Completes for no family in particular.
   *
   * @param loras is listed at each call that needs names of LoRAs
   * @param embeddings is called by each call that needs names of embeddings
   */
  public PromptCompleter(LoraLibrary loras, Supplier<List<String>> embeddings) {
    this(loras, embeddings, Optional.empty());
  }

  /**
   * Sets the checkpoint's family.
   *
   * @param family whose LoRAs come first
   * @return the same otherwise
   */
  public PromptCompleter forFamily(ModelFamily family) {
    return new PromptCompleter(
        loras, embeddings, Optional.of(Objects.requireNonNull(family, "family")));
  }

  /** What a completion names. */
  public enum Kind {
    /**
     * A LoRA; its tag is finished with the {@linkplain LoraAdapter#preferredWeight preferred}
     * weight, or 1.
     */
    LORA,
    /** An embedding. */
    EMBEDDING,
    /** A trigger word of a LoRA that is named in the prompt. */
    TRIGGER_WORD
  }

  /**
   * One way to go on.
   *
   * @param kind what it names
   * @param text what to put into the prompt
   * @param replaced what it takes the place of; it ends at the cursor, or in a tag that is finished
   *     already at the end of what stands for the name there
   */
  public record Completion(Kind kind, String text, Span replaced) {
    /**
     * Refuses null.
     *
     * @param kind what the text names
     * @param text for a LoRA with the end of its tag, such as {@code ink:1>}
     * @param replaced empty at the cursor if nothing was typed yet
     */
    public Completion {
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(text, "text");
      Objects.requireNonNull(replaced, "replaced");
    }

    /**
     * Completes a prompt.
     *
     * @param prompt the one that was to be completed
     * @return it with {@link #text()} in place of what was typed
     */
    public String applyTo(String prompt) {
      Objects.requireNonNull(prompt, "prompt");
      return prompt.substring(0, replaced.start()) + text + prompt.substring(replaced.end());
    }
  }

  /**
   * Finds the ways to go on at a cursor. Upper and lower case are alike. Behind {@code <lora:}
   * nothing need be typed; elsewhere at least one character. There a LoRA is found by the name of
   * its file, or else by the one that its trainer gave it, if that tells files apart; blanks around
   * the colon, where they would spoil the tag in A1111, go.
   *
   * @param prompt as far as it is written, also behind the cursor
   * @param cursor a place in the prompt, in characters from 0
   * @return those that continue more of the words in front of the cursor first; empty if there are
   *     none
   * @throws IndexOutOfBoundsException if the cursor is not in the prompt
   * @throws LoraException if one of the folders is gone
   */
  public List<Completion> complete(String prompt, int cursor) {
    Objects.requireNonNull(prompt, "prompt");
    String before = prompt.substring(0, cursor);
    Matcher tag = TAG.matcher(before);
    if (tag.find()) {
      return completeName(tag, prompt.substring(cursor));
    }
    List<Completion> found = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    List<String> trained = embeddings.get();
    List<String> triggers = triggerWords(prompt);
    int start = phraseStart(before);
    while (start < cursor) {
      String typed = before.substring(start);
      Span replaced = new Span(start, cursor);
      add(Kind.EMBEDDING, trained, typed, replaced, seen, found);
      add(Kind.TRIGGER_WORD, triggers, typed, replaced, seen, found);
      int space = before.indexOf(' ', start);
      start = space < 0 ? cursor : space + 1;
    }
    return List.copyOf(found);
  }

  private List<Completion> completeName(Matcher tag, String behind) {
    int cursor = tag.end();
    String typed = tag.group(2);
    String opening = "<" + tag.group(1).toLowerCase(Locale.ROOT) + ":";
    boolean begun = tag.group().startsWith(opening);
    int start = begun ? tag.start() + opening.length() : tag.start();
    Matcher rest = REST.matcher(behind);
    boolean closed = rest.find() && rest.end() > rest.end(1);
    boolean weighted = closed && rest.group(2) != null;
    Span replaced = new Span(start, closed ? cursor + rest.end(1) : cursor);
    List<LoraAdapter> all = loras.list();
    return all.stream()
        .sorted(Comparator.comparingInt(this::rank))
        .flatMap(
            lora ->
                name(lora, typed, all).stream()
                    .map(name -> name + (weighted ? "" : weight(lora)) + (closed ? "" : ">")))
        .distinct()
        .map(name -> new Completion(Kind.LORA, begun ? name : opening + name, replaced))
        .toList();
  }

  /** 0 for those that fit the checkpoint. */
  private int rank(LoraAdapter lora) {
    return family.isEmpty() || lora.family() == family.get()
        ? 0
        : lora.family() == ModelFamily.UNKNOWN ? 1 : 2;
  }

  /** The name that begins as typed: that of the file, or the trainer's if no other file has it. */
  private static Optional<String> name(LoraAdapter lora, String typed, List<LoraAdapter> all) {
    return startsWith(lora.name(), typed)
        ? Optional.of(lora.name())
        : lora.alias().filter(alias -> startsWith(alias, typed) && isOnly(lora, alias, all));
  }

  private static boolean isOnly(LoraAdapter lora, String alias, List<LoraAdapter> all) {
    return !alias.equalsIgnoreCase("none")
        && all.stream()
            .filter(other -> !other.path().equals(lora.path()))
            .flatMap(other -> Stream.concat(Stream.of(other.name()), other.alias().stream()))
            .noneMatch(alias::equalsIgnoreCase);
  }

  private static String weight(LoraAdapter lora) {
    return ":" + Decimals.text(lora.preferredWeight().orElse(1));
  }

  private static void add(
      Kind kind,
      List<String> words,
      String typed,
      Span replaced,
      Set<String> seen,
      List<Completion> found) {
    for (String word : words) {
      if (startsWith(word, typed) && seen.add(kind + word)) {
        found.add(new Completion(kind, word, replaced));
      }
    }
  }

  private static boolean startsWith(String name, String typed) {
    return name.toLowerCase(Locale.ROOT).startsWith(typed.toLowerCase(Locale.ROOT));
  }

  /** The trigger words of the LoRAs that the prompt names; those that are not found have none. */
  private List<String> triggerWords(String prompt) {
    Set<String> names = new LinkedHashSet<>();
    Prompt.parse(prompt).parts().forEach(part -> addLoras(part.nodes(), names));
    if (names.isEmpty()) {
      return List.of();
    }
    return loras.list().stream()
        .filter(
            lora -> names.contains(lora.name()) || lora.alias().filter(names::contains).isPresent())
        .flatMap(lora -> lora.triggerWords().stream())
        .map(TriggerWord::text)
        .distinct()
        .toList();
  }

  private static void addLoras(List<PromptNode> nodes, Set<String> names) {
    for (PromptNode node : nodes) {
      if (node.tagName().equals("lora") || node.tagName().equals("lyco")) {
        names.add(node.tagArguments().get(0).strip());
      }
      addLoras(node.children(), names);
    }
  }

  /** Where the phrase at the end starts: behind the last comma, bracket or the like. */
  private static int phraseStart(String before) {
    int start = before.length();
    while (start > 0 && ",()[]:|<>\n".indexOf(before.charAt(start - 1)) < 0) {
      start--;
    }
    while (start < before.length() && before.charAt(start) == ' ') {
      start++;
    }
    return start;
  }
}
