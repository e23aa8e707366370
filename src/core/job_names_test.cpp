#include "core/job_names.h"

#include <gtest/gtest.h>

#include <string>

namespace takt::core {
namespace {

std::vector<JobSpec> jobs_named(int count) {
  std::vector<JobSpec> jobs;
  for (int i = 0; i < count; ++i) {
    jobs.emplace_back();
    jobs.back().name = "job-" + std::to_string(i);
  }
  return jobs;
}

TEST(JobNames, FindsEveryJobByItsName) {
  for (const int count : {1, 2, 3, 7, 8, 1000}) {
    const auto jobs = jobs_named(count);
    const JobNames names(jobs, static_cast<JobIndex>(jobs.size()));
    for (JobIndex i = 0; i < jobs.size(); ++i) EXPECT_EQ(names.find(jobs, jobs[i].name), i);
  }
}

TEST(JobNames, KnowsNoOthers) {
  const auto jobs = jobs_named(1000);
  const JobNames names(jobs, static_cast<JobIndex>(jobs.size()));
  EXPECT_EQ(names.find(jobs, ""), std::nullopt);
  EXPECT_EQ(names.find(jobs, "job-1000"), std::nullopt);
  EXPECT_EQ(names.find(jobs, "job-"), std::nullopt);
}

TEST(JobNames, KnowsNoneBeyondThoseThatAreListed) {
  const auto jobs = jobs_named(10);
  const JobNames names(jobs, 7);
  EXPECT_EQ(names.find(jobs, "job-6"), 6U);
  EXPECT_EQ(names.find(jobs, "job-7"), std::nullopt);
}

TEST(JobNames, OfAnEmptyFleetFindsNothing) {
  EXPECT_EQ(JobNames{}.find({}, "a"), std::nullopt);
  EXPECT_EQ(JobNames({}, 0).find({}, "a"), std::nullopt);
}

}  // namespace
}  // namespace takt::core
