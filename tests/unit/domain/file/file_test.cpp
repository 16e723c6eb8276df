#include "libs/domain/file/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dealog/v1/channel_events.pb.h"
#include "dealog/v1/file_events.pb.h"

namespace dealog::file {
namespace {

using ::testing::Contains;

AttachFile scan() {
  return {
      .id = FileId(Uuid::derived({}, "file")),
      .deal = DealId(Uuid::derived({}, "deal")),
      .name = "Скан паспорта.pdf",
      .media_type = "application/pdf",
      .bytes = 81'234,
      .stored = {.name = std::string(64, 'a'), .sealed_sha256 = std::string(64, 'b'), .key = 7}};
}

TEST(AttachFile, SaysWhatAndWhereUnderItsOwnKey) {
  const auto event = decide(scan(), 0).value();
  const auto& attached = static_cast<const v1::FileAttached&>(*event.payload);
  EXPECT_EQ(event.subject, scan().id.text()) << "so that its name goes with its content";
  EXPECT_EQ(attached.name(), scan().name);
  EXPECT_EQ(attached.key_id(), 7u);
  EXPECT_EQ(attached.stored_as(), std::string(64, 'a'));
  EXPECT_THAT(event.tags, Contains(open_tag(scan().id.text())));
  EXPECT_THAT(event.tags, Contains(files_of(scan().deal)));
}

TEST(AttachFile, IsFoundByThePersonWithWhomItGoes) {
  auto command = scan();
  command.person = PersonId(Uuid::derived({}, "person"));
  EXPECT_THAT(decide(command, 0)->tags, Contains(files_of(*command.person)));
}

TEST(AttachFile, RefusesWhatADealCannotShow) {
  EXPECT_TRUE(decide(scan(), limits::kFilesOfDeal - 1));
  EXPECT_EQ(decide(scan(), limits::kFilesOfDeal).error().code, "too_many_files");
  auto command = scan();
  command.name = std::string(limits::kFileNameBytes + 1, 'n');
  EXPECT_EQ(decide(command, 0).error().fields.at(0).pointer, "/name");
  command.name = "";
  EXPECT_EQ(decide(command, 0).error().fields.at(0).code, "required");
}

TEST(FileName, IsTheLastPartOfAPathWithoutWhatNobodySees) {
  EXPECT_EQ(tidy_name("a.pdf"), "a.pdf");
  EXPECT_EQ(tidy_name("C:\\scans\\a.pdf"), "a.pdf");
  EXPECT_EQ(tidy_name("../../etc/passwd"), "passwd");
  EXPECT_EQ(tidy_name(" договор \r\n.pdf "), "договор .pdf");
  EXPECT_EQ(tidy_name("a/"), "");
  EXPECT_EQ(tidy_name(".."), "");
  EXPECT_EQ(tidy_name("\xff\xfe"), "");
}

TEST(DeleteFile, SaysWhichAndWhyAndIsFoundAgain) {
  const DeleteFile command{scan().id, "sent by mistake"};
  const auto event = decide(command).value();
  const auto& deleted = static_cast<const v1::FileDeleted&>(*event.payload);
  EXPECT_EQ(deleted.file(), scan().id.text());
  EXPECT_THAT(event.tags, Contains(deletion_of(scan().id)));
  EXPECT_EQ(decide(DeleteFile{scan().id, ""}).error().fields.at(0).pointer, "/reason");
}

TEST(FileName, GetsTheEndingOfItsType) {
  EXPECT_EQ(with_ending("recording", "audio/mpeg"), "recording.mp3");
  EXPECT_EQ(with_ending("a.wav", "audio/mpeg"), "a.wav");
  EXPECT_EQ(with_ending("a", "application/x-odd"), "a");
  EXPECT_EQ(with_ending("", "audio/mpeg"), "");
  EXPECT_EQ(media_type_of("file_1.JPG"), "image/jpeg");
  EXPECT_EQ(media_type_of("file_1"), "application/octet-stream");
  EXPECT_EQ(media_type_of("file.odd"), "application/octet-stream");
}

TEST(MediaType, IsPlainOrUnknown) {
  EXPECT_EQ(plain_media_type("Text/HTML; charset=utf-8"), "text/html");
  EXPECT_EQ(plain_media_type("application/vnd.ms-excel"), "application/vnd.ms-excel");
  for (const char* odd : {"", "pdf", "text/", "/html", "a b/c", "text/html\r\nX: y", "имя/файл"}) {
    EXPECT_EQ(plain_media_type(odd), "application/octet-stream") << odd;
  }
  EXPECT_EQ(plain_media_type("a/" + std::string(200, 'b')), "application/octet-stream");
}

}  // namespace
}  // namespace dealog::file
