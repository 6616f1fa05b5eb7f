package dev.sdlora.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.tensors.torch.Torch;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EncodedCaptionsTest {
  private static final String LONG = "a disc ".repeat(60);
  private static final ClipConfig CLIP = clip(49408);

  private static ClipConfig clip(int vocabulary) {
    return new ClipConfig(32, 2, 4, 64, vocabulary, 77);
  }

  private static long[] ids(List<String> captions) {
    try (Torch torch = Torch.open("cpu");
        NDArray ids =
            EncodedCaptions.tokens(captions, List.of(CLIP)).ids(captions, torch.manager())) {
      return ids.toLongArray();
    }
  }

  @Test
  void ids_membersOfDifferentLength_areFilledUpWithTheEmptyCaption() {
    long[] both = ids(List.of("a disc", LONG));

    assertThat(both).hasSize(2 * 2 * EncodedCaptions.LENGTH);
    assertThat(part(both, 0)).isEqualTo(ids(List.of("a disc")));
    assertThat(part(both, 1)).isEqualTo(ids(List.of("")));
    assertThat(part(both, 3)).isNotEqualTo(ids(List.of("")));
  }

  private static long[] part(long[] ids, int chunk) {
    return Arrays.copyOfRange(
        ids, chunk * EncodedCaptions.LENGTH, (chunk + 1) * EncodedCaptions.LENGTH);
  }

  /** OpenAI's encoders pad chunks with the end token, OpenCLIP's with 0. */
  @Test
  void ids_ofTwoEncoders_areFilledUpAsEachIsUsedTo() {
    ClipConfig second =
        new ClipConfig(
            64,
            2,
            8,
            128,
            49408,
            77,
            ClipConfig.Kind.OPEN_CLIP,
            ClipConfig.Reading.PENULTIMATE,
            64);
    List<String> captions = List.of("a disc");
    try (Torch torch = Torch.open("cpu");
        NDArray ids =
            EncodedCaptions.tokens(captions, List.of(CLIP, second))
                .ids(captions, torch.manager())) {
      assertThat(ids.getShape().getShape()).containsExactly(2, 1, 1, EncodedCaptions.LENGTH);
      long[] both = ids.toLongArray();
      assertThat(part(both, 0)).isEqualTo(ids(captions)).endsWith(49407, 49407);
      assertThat(part(both, 1)).startsWith(both[0], both[1], both[2], 49407).endsWith(0, 0);
    }
  }

  /** Captions are not prompts. */
  @Test
  void ids_brackets_areLetters() {
    assertThat(ids(List.of("(a disc)"))).isNotEqualTo(ids(List.of("a disc")));
    assertThat(ids(List.of("a BREAK disc"))).hasSize(EncodedCaptions.LENGTH);
  }

  @Test
  void tokens_vocabularyThatLacksOne_isRefused() {
    List<String> captions = List.of("a disc");

    assertThatThrownBy(() -> EncodedCaptions.tokens(captions, List.of(clip(300))))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("the text encoder knows 300 tokens");
  }
}
