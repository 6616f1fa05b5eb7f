package dev.sdlora.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.training.data.BatchOrder.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BatchOrderTest {
  private static List<Member> members(String buckets, boolean prior) {
    return buckets.chars().mapToObj(bucket -> new Member(bucket, 1, prior)).toList();
  }

  private static List<Member> both(List<Member> images, List<Member> prior) {
    List<Member> both = new ArrayList<>(images);
    both.addAll(prior);
    return both;
  }

  private static List<Integer> epoch(BatchOrder order, long number) {
    List<Integer> epoch = new ArrayList<>();
    for (long batch = order.batches(number); batch < order.batches(number + 1); batch++) {
      Arrays.stream(order.at(batch)).forEach(epoch::add);
    }
    return epoch;
  }

  @Property(tries = 200)
  void at_oneEpochOfAnySet_hasEveryImageAsOftenAsItIsRepeated(
      @ForAll @Size(min = 2, max = 30) List<@IntRange(min = 0, max = 3) Integer> buckets,
      @ForAll @IntRange(min = 1, max = 4) int size,
      @ForAll @IntRange(max = 3) int number) {
    List<Member> members = new ArrayList<>(members("xy", false));
    List<Integer> expected = new ArrayList<>(List.of(0, 1));
    for (int i = 0; i < buckets.size(); i++) {
      members.add(new Member(buckets.get(i), i % 3 + 1, false));
      expected.addAll(Collections.nCopies(i % 3 + 1, i + 2));
    }
    BatchOrder order = new BatchOrder(members, 5, size);

    assertThat(epoch(order, number)).containsExactlyInAnyOrderElementsOf(expected);
    for (long batch = 0; batch < order.batches(1); batch++) {
      assertThat(Arrays.stream(order.at(batch)).mapToObj(members::get).map(Member::bucket))
          .hasSizeBetween(1, size)
          .containsOnly(members.get(order.at(batch)[0]).bucket());
    }
  }

  @Test
  void at_severalBuckets_areInAnotherOrderInEachEpoch() {
    BatchOrder order = new BatchOrder(members("aaabbbbccccc", false), 1, 2);

    assertThat(order.batches(3)).isEqualTo(3 * (2 + 2 + 3));
    assertThat(epoch(order, 0)).isNotEqualTo(epoch(order, 1));
    assertThat(epoch(order, 0))
        .isNotEqualTo(epoch(new BatchOrder(members("aaabbbbccccc", false), 2, 2), 0));
  }

  @Test
  void at_oneBucket_fillsBatchesAcrossEpochs() {
    BatchOrder order = new BatchOrder(members("aaa", false), 1, 2);

    assertThat(order.batches(3)).isEqualTo(5);
    for (int i = 0; i < 5; i++) {
      assertThat(order.at(i)).hasSize(2);
    }
  }

  /** A resumed training run computes only the batches that are left. */
  @Test
  void at_anyOrderOfCalls_givesTheSame() {
    List<Member> members = both(members("aaabbb", false), members("aab", true));
    List<List<Integer>> forward = new ArrayList<>();
    BatchOrder order = new BatchOrder(members, 3, 2);
    for (int i = 0; i < 30; i++) {
      forward.add(Arrays.stream(order.at(i)).boxed().toList());
    }
    for (int i = 29; i >= 0; i--) {
      assertThat(new BatchOrder(members, 3, 2).at(i))
          .containsExactly(forward.get(i).stream().mapToInt(Integer::intValue).toArray());
    }
  }

  @Test
  void at_priorPreservation_pairsEveryImageWithAnotherOfTheClass() {
    List<Member> members = both(members("aaaa", false), members("aaaaaa", true));
    BatchOrder order = new BatchOrder(members, 1, 2);
    Set<Integer> prior = new HashSet<>();
    for (int i = 0; i < 6; i++) {
      int[] pair = order.at(i);
      assertThat(members.get(pair[0]).prior()).isFalse();
      assertThat(members.get(pair[1]).prior()).isTrue();
      prior.add(pair[1]);
    }

    // Six pairs use six different images, more than there are in one epoch.
    assertThat(prior).hasSize(6);
    assertThat(order.batches(1)).isEqualTo(4);
  }

  @Test
  void at_priorPreservationInBuckets_hasAsManyImagesOfTheClassAsOthers() {
    List<Member> members = both(members("aaaaabbc", false), members("abcccd", true));
    BatchOrder order = new BatchOrder(members, 1, 3);

    for (int number = 0; number < 4; number++) {
      List<Integer> epoch = epoch(order, number);
      assertThat(epoch).hasSize(16);
      assertThat(epoch)
          .filteredOn(index -> !members.get(index).prior())
          .hasSize(8)
          .doesNotHaveDuplicates();
    }
  }
}
